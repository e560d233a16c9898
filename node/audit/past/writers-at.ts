import type { DidState } from "../../../resolver/did/apply-event.ts";
import { type Entry, entriesInForce } from "../../../resolver/did/entries.ts";
import { currentDeployment, type NetworkDescriptor } from "../../../resolver/network.ts";
import type { Address, Hash } from "../../../resolver/primitives/hex.ts";
import type { Subject } from "../../../resolver/registry-event.ts";
import { type AnswerMetadata, answerMetadata, dateTime } from "../../../resolver/resolution/resolve.ts";
import type { GrantState } from "../../../resolver/trust/apply-trust-event.ts";
import type { IndexSnapshot } from "../../index/live-index.ts";
import { AuditError } from "../audit-error.ts";
import { type AsOfMoment, type Folded, foldAt } from "./as-of.ts";
import { type Evidence, type HeadEvidence, headEvidence } from "./evidence.ts";
import { grantWriters } from "./grant-writers.ts";
import type { RoleHolder, WritingRole } from "./role-holders.ts";

/** An account that could have written, by which right, and which functions. */
export interface WriterOf {
  readonly account: Address;
  /** `lastOwner` is the owner of a DID when it was deactivated; other values are names of governance roles. */
  readonly as: "owner" | "lastOwner" | "delegate" | WritingRole;
  /** The address of the DID that it owns or is a delegate of, or the contract that has the role. */
  readonly of: Address;
  /** The event that gave it the role. */
  readonly since?: Evidence;
  /** Last second of a delegate's validity. */
  readonly until?: string;
  /** Functions of the contract that it may call; `suspend` stands for an `update` that only suspends. */
  readonly may: readonly string[];
}

/** The accounts that could have written to a subject, as of a block and at a moment. */
export interface WritersAnswer extends AnswerMetadata {
  readonly kind: Subject["kind"];
  readonly subject: Subject["id"];
  readonly writers: readonly WriterOf[];
  /** Heads of the subject, and of the DIDs whose owners and delegates these are. */
  readonly heads: readonly HeadEvidence[];
}

const DID_WRITES = ["changeOwner", "addDelegate", "revokeDelegate", "setAttribute", "revokeAttribute"];

/** The holders of a role of governance as of the wanted block or moment. */
export type HoldersOf = (role: WritingRole) => Promise<readonly RoleHolder[]>;

/**
 * Applies the rules of the contracts (`DidRegistry`, `TrustRegistry`, `StatusRegistry`) to the history, to find who could
 * have written to a subject.
 *
 * @param holdersOf called only for roles that may write; its errors are thrown.
 * @throws AuditError `AUDIT_NOT_FOUND` for a type, grant or list that did not exist. A DID always exists: without events its
 * address owns it.
 */
export async function writersAt(
  held: IndexSnapshot,
  network: NetworkDescriptor,
  { kind, id }: Subject,
  { asOf, at }: AsOfMoment,
  holdersOf: HoldersOf,
): Promise<WritersAnswer> {
  const heads: HeadEvidence[] = [];
  const options = { to: asOf.number, chainId: network.chainId };
  const fold = async <K extends Subject["kind"]>(subject: Subject & { kind: K }): Promise<Folded<K> | undefined> => {
    const folded = await foldAt<K>(held, subject, options);
    if (folded !== undefined) heads.push(headEvidence(network, subject, folded));
    return folded;
  };
  const found = <T>(folded: T | undefined): T => {
    if (folded !== undefined) return folded;
    throw new AuditError("AUDIT_NOT_FOUND", `There was no such ${kind} as of block ${asOf.number}`);
  };
  const did = async (address: Address) => (await fold({ kind: "did", id: address }))?.state;
  const answer = (writers: WriterOf[]): WritersAnswer => {
    return { ...answerMetadata(asOf, at), kind, subject: id, writers, heads };
  };

  switch (kind) {
    case "did":
      return answer(ownerOf(id, await did(id), DID_WRITES));
    case "type":
      found(await fold({ kind, id }));
      // A type never changes, but trust roots of it are granted.
      return answer(await governors(network, holdersOf, { roots: "grantRoot" }));
    case "list": {
      const { state } = found(await fold({ kind, id }));
      const issuer = state.origin?.issuer as Address;
      const owned = await did(issuer);
      return answer([
        ...ownerOf(
          issuer,
          owned,
          ["update", "checkpoint", ...(state.closed ? [] : ["close"])],
          ["update", "checkpoint"],
        ),
        ...delegatesOf(owned, at).map((one) => delegateOf(issuer, one)),
      ]);
    }
    case "grant": {
      const chain: GrantState[] = [];
      const dids = new Map<Address, DidState | undefined>();
      for (let link: Hash | null = id as Hash; link !== null; link = chain.at(-1)?.parent ?? null) {
        const { state } = found(await fold({ kind, id: link }));
        chain.push(state);
        if (!dids.has(state.subject)) dids.set(state.subject, await did(state.subject));
      }
      const { own, above, council, roots } = grantWriters(chain, dids, at);
      const writers = chain.flatMap(({ subject }, index) => {
        const may = index === 0 ? own : (above[index - 1] ?? []);
        return may.length === 0 ? [] : ownerOf(subject, dids.get(subject), [...may]);
      });
      const acts = { ...(council[0] && { council: council[0] }), ...(roots[0] && { roots: roots[0] }) };
      return answer([...writers, ...(await governors(network, holdersOf, acts))]);
    }
  }
}

/**
 * The accounts that hold these roles of the trust registry, or could have granted them to themselves. If the timelock is
 * among them, also its proposers; if the council's seat is among them, also its holder.
 *
 * @param acts the function that each role may call.
 */
async function governors(
  network: NetworkDescriptor,
  holdersOf: HoldersOf,
  acts: Partial<Record<WritingRole, string>>,
): Promise<WriterOf[]> {
  const { timelock, seat } = currentDeployment(network);
  const holding = async (as: WritingRole, may: string) =>
    (await holdersOf(as)).map((holder): WriterOf => ({ ...holder, as, may: [may] }));
  const acting: WriterOf[] = [];
  const isAmong = ({ address }: { readonly address: Address }) => acting.some(({ account }) => account === address);
  for (const [role, act] of Object.entries(acts)) acting.push(...(await holding(role as WritingRole, act)));
  acting.push(...(await holding("admin", "grantRole")));
  if (isAmong(timelock)) acting.push(...(await holding("proposer", "schedule")));
  if (isAmong(seat)) acting.push(...(await holding("seatHolder", "execute")));
  return acting;
}

/**
 * The owner of a DID, at first its own address.
 * @param afterwards functions that the last owner may still call after deactivation.
 */
function ownerOf(of: Address, state: DidState | undefined, may: string[], afterwards: string[] = []): WriterOf[] {
  const account = state?.owner ?? of;
  if (state === undefined || state.deactivated === null) return [{ account, as: "owner", of, may }];
  return afterwards.length === 0 ? [] : [{ account, as: "lastOwner", of, may: afterwards }];
}

/** Delegate types of the status registry, padded with zeros, with the functions that each may call. */
const STATUS_DELEGATES: ReadonlyMap<Hash, readonly string[]> = new Map([
  [padded("status"), ["update", "checkpoint"]],
  [padded("suspend"), ["suspend"]],
]);

function padded(type: string): Hash {
  return `0x${Buffer.from(type).toString("hex").padEnd(64, "0")}`;
}

/** Delegates that may write a DID's statuses at a moment in Unix seconds. */
function delegatesOf(state: DidState | undefined, at: number): readonly Entry[] {
  if (state === undefined || state.deactivated !== null) return [];
  const delegates = state.entries.filter(({ kind, name }) => kind === "delegate" && STATUS_DELEGATES.has(name));
  return entriesInForce(delegates, at);
}

function delegateOf(of: Address, { name, value: account, validTo }: Entry): WriterOf {
  return { account, as: "delegate", of, until: dateTime(validTo), may: STATUS_DELEGATES.get(name) ?? [] };
}
