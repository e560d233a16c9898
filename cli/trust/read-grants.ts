import type { Contract } from "ethers";
import { Contract as EthersContract } from "ethers";
import { didRegistryAbi } from "../../resolver/abi.ts";
import {
  type Address,
  decodeTrustLog,
  type GrantState,
  type Hash,
  type Standing,
  shownLabel,
  standingOf,
  type TrustKnowledge,
  UnavailableError,
} from "../../resolver/index.ts";
import { logOf } from "../terminal/log-of.ts";
import type { Registries } from "../transaction/contract-call.ts";

const NEVER = 2 ** 48 - 1;

/** A grant as the chain holds it at a block, and whether it holds at a moment. */
export interface ReadGrant {
  readonly grantId: Hash;
  readonly typeId: Hash;
  /** Of the grant; `null` when nothing that may be shown was written. */
  readonly label: string | null;
  readonly standing: Standing;
}

/** The grants of one type to a DID, and what is known of those and of all links above them. */
export interface ReadGrants {
  readonly found: readonly ReadGrant[];
  readonly knowledge: TrustKnowledge;
}

/**
 * Reads the grants of one type to a DID, with their links up to the root, straight from the contracts.
 *
 * @param asOf number of the block whose knowledge is used.
 * @param at the moment judged, in Unix seconds.
 */
export async function readGrants(
  { trust, deployment }: Registries,
  { subject, typeId, asOf, at }: { subject: Address; typeId: Hash; asOf: number; at: number },
): Promise<ReadGrants> {
  const blockTag = { blockTag: asOf };
  const did = new EthersContract(deployment.registries.did.address, didRegistryAbi, trust.runner);
  const grants = new Map<Hash, GrantState>();
  const ends = new Map<Address, number>();
  const count = Number(await trust.getFunction("grantCount")(typeId, subject, blockTag));
  const knowledge = { grant: (one: Hash) => grants.get(one), deactivatedAt: (one: Address) => ends.get(one) };
  const found: ReadGrant[] = [];
  const ids: readonly Hash[] = await trust.getFunction("grantIds")(typeId, subject, 0, count, blockTag);
  for (const [number, grantId] of ids.entries()) {
    for (let link: Hash | null = grantId; link !== null && !grants.has(link); ) {
      const grant: GrantState = await readGrant(trust, link, number, asOf);
      grants.set(link, grant);
      const end = Number(await did.getFunction("deactivatedAt")(grant.subject, blockTag));
      if (end !== 0) ends.set(grant.subject, end);
      link = grant.parent;
    }
    const standing = standingOf(knowledge, grantId, at);
    if ((await trust.getFunction("holds")(grantId, at, blockTag)) !== standing.holds) {
      throw new UnavailableError(
        `The chain says otherwise than its own storage whether grant ${grantId} holds: ask another`,
      );
    }
    found.push({ grantId, typeId, label: await readLabel(trust, grantId, deployment.fromBlock), standing });
  }
  return { found, knowledge };
}

async function readGrant(trust: Contract, grantId: Hash, number: number, blockTag: number): Promise<GrantState> {
  const stored = await trust.getFunction("grantOf")(grantId, { blockTag });
  const moment = { block: 0, time: Number(stored.createdAt) };
  return {
    grantId,
    typeId: stored.typeId,
    subject: stored.subject.toLowerCase(),
    number,
    parent: /[^0]/.test(stored.parent.slice(2)) ? stored.parent : null,
    created: moment,
    notBefore: Number(stored.notBefore),
    notAfter: Number(stored.notAfter),
    mayGrant: stored.mayGrant,
    // Not in the storage.
    label: "0x",
    accepted: stored.accepted ? moment : null,
    withdrawnFrom: Number(stored.withdrawnFrom) === NEVER ? null : Number(stored.withdrawnFrom),
    events: 0,
    head: `0x${"0".repeat(64)}`,
  };
}

async function readLabel(trust: Contract, grantId: Hash, fromBlock: number): Promise<string | null> {
  const [granted] = await trust.queryFilter(trust.getEvent("Granted")(grantId), fromBlock);
  const event = granted && decodeTrustLog(logOf(granted), 0);
  return event?.type === "granted" ? shownLabel(event.label) : null;
}
