import { Resolver } from "did-resolver";
import { getResolver as ethrResolver } from "ethr-did-resolver";
import { currentDeployment } from "../../../resolver/index.ts";
import { compare } from "../measuring/timing.ts";
import type { Sizes } from "../sizes.ts";
import type { Stage } from "../stage/chain-and-node.ts";

type PeerOptions = Parameters<typeof ethrResolver>[0];

/** `ethr-did-resolver` with an RPC URL, as its README describes. */
export function documentedPeer({ rpcUrl, descriptor }: Stage): Resolver {
  const { chainId } = descriptor;
  const registry = currentDeployment(descriptor).registries.did.address;
  return new Resolver(ethrResolver({ networks: [{ chainId, rpcUrl, registry }] }));
}

/** `ethr-did-resolver` with a provider that requests the network only once and does not delay calls to batch them. */
export function tunedPeer({ provider, descriptor }: Stage): Resolver {
  const { chainId } = descriptor;
  const registry = currentDeployment(descriptor).registries.did.address;
  // That package uses the CommonJS types of ethers, this one the ESM types; the class is the same.
  const networks = [{ chainId, provider, registry }];
  return new Resolver(ethrResolver({ networks } as unknown as PeerOptions));
}

/** Times resolving an address with Mapae and with a peer. */
export async function againstPeer(
  peer: Resolver,
  { descriptor }: Stage,
  address: string,
  ours: () => Promise<void>,
  { peerRequests, peerRounds: rounds }: Sizes["resolve"],
) {
  const did = `did:ethr:0x${descriptor.chainId.toString(16)}:${address}`;
  const theirs = async () => {
    const { didDocument, didResolutionMetadata } = await peer.resolve(did);
    if (didDocument === null) throw new Error(`ethr-did-resolver: ${JSON.stringify(didResolutionMetadata)}`);
  };
  return compare({ ours, theirs, times: { ours: peerRequests, theirs: 1 }, rounds });
}
