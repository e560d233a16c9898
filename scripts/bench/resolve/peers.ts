import { Resolver } from "did-resolver";
import { getResolver as ethrResolver } from "ethr-did-resolver";
import { currentDeployment } from "../../../resolver/index.ts";
import { compare } from "../measuring/timing.ts";
import type { Stage } from "../stage/chain-and-node.ts";

type PeerOptions = Parameters<typeof ethrResolver>[0];

/** `ethr-did-resolver` with an RPC URL, as its README says. */
export function documentedPeer({ rpcUrl, descriptor }: Stage): Resolver {
  const { chainId } = descriptor;
  const registry = currentDeployment(descriptor).registries.did.address;
  return new Resolver(ethrResolver({ networks: [{ chainId, rpcUrl, registry }] }));
}

/** With a provider that asks for the network once and sends each call at once. */
export function tunedPeer({ provider, descriptor }: Stage): Resolver {
  const { chainId } = descriptor;
  const registry = currentDeployment(descriptor).registries.did.address;
  // That package sees ethers' types through its CommonJS entry, this one through its ESM entry: the class is the same.
  const networks = [{ chainId, provider, registry }];
  return new Resolver(ethrResolver({ networks } as unknown as PeerOptions));
}

/** Times our way of resolving an address beside a peer's. */
export async function againstPeer(peer: Resolver, { descriptor }: Stage, address: string, ours: () => Promise<void>) {
  const did = `did:ethr:0x${descriptor.chainId.toString(16)}:${address}`;
  const theirs = async () => {
    const { didDocument, didResolutionMetadata } = await peer.resolve(did);
    if (didDocument === null) throw new Error(`ethr-did-resolver: ${JSON.stringify(didResolutionMetadata)}`);
  };
  return compare({ ours, theirs, times: { ours: 200, theirs: 1 }, rounds: 5 });
}
