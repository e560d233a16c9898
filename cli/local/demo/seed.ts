import type { JsonRpcApiProvider } from "ethers";
import { currentDeployment, formatDid, type NetworkDescriptor } from "../../../resolver/index.ts";
import { encodeChanges } from "../../did/change.ts";
import { send } from "../../transaction/send.ts";
import { developmentAccount } from "../accounts.ts";
import { type Demo, identityOf, ownerAfter, toDidChange } from "./demo.ts";

export interface Seeding {
  readonly demo: Demo;
  readonly network: NetworkDescriptor;
  /** Where the node will answer: lists are served there. */
  readonly nodeUrl: string;
  /** The provider of a chain that signs for Hardhat's development accounts. */
  readonly provider: JsonRpcApiProvider;
  readonly signal: AbortSignal;
}

/** One DID as `.mapae/local/demo.json` describes it. */
export interface SeededDid {
  readonly did: string;
  readonly role: string;
  readonly special: string;
  /** HTTP status of the node's answer. */
  readonly status: number;
  readonly owner?: string;
  readonly ownerKey?: string;
  /** Blocks of its versions. */
  readonly versions?: readonly number[];
}

/** Writes the demo's DIDs: each version is a transaction, which is a block on the local chain. */
export async function seed({ demo, network, provider, signal }: Seeding): Promise<SeededDid[]> {
  const registry = currentDeployment(network).registries.did.address;
  const seeded: SeededDid[] = [];
  for (const one of demo.dids) {
    const identity = identityOf(one);
    const versions: number[] = [];
    for (const version of one.versions) {
      signal.throwIfAborted();
      const signer = await provider.getSigner(developmentAccount(one.account).address);
      const changes = version.map((change) => toDidChange(change, demo.keys));
      const { block } = await send({ signer, to: registry, data: encodeChanges(identity, changes), fees: {} });
      if (block !== null) versions.push(block);
    }
    const { role, special, status } = one;
    const owner = developmentAccount(ownerAfter(one));
    const did = formatDid(network.name, identity);
    seeded.push({ did, role, special, status, owner: owner.address, ownerKey: owner.privateKey, versions });
  }
  return [...seeded, ...demo.others];
}
