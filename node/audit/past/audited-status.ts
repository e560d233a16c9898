import type { NetworkDescriptor } from "../../../resolver/network.ts";
import type { Address, Hash } from "../../../resolver/primitives/hex.ts";
import { type AnswerMetadata, answerMetadata } from "../../../resolver/resolution/resolve.ts";
import { listIdOf, type StatusChunk, type StatusListState } from "../../../resolver/status/apply-status-event.ts";
import { CHUNK_SIZE } from "../../../resolver/status/decode-status-log.ts";
import type { IndexSnapshot } from "../../index/live-index.ts";
import { AuditError } from "../audit-error.ts";
import { MAX_INDEX_CHANGES } from "../bounds.ts";
import { type AsOfMoment, type Folded, foldAt } from "./as-of.ts";
import { type Evidence, evidenceOf, type HeadEvidence, headEvidence } from "./evidence.ts";

/** Status of one index; revoked takes precedence over suspended. */
export type Status = "valid" | "suspended" | "revoked";

/** A change of one index's status, and its event on the chain. */
export interface StatusChange extends Evidence {
  readonly status: Status;
  readonly actor: Address;
  readonly reason: Hash;
}

/** The status of an index as of a block. */
export interface StatusAnswer extends AnswerMetadata {
  readonly list: Hash;
  readonly issuer: Address;
  readonly number: string;
  readonly index: number;
  readonly status: Status;
  readonly revoked: boolean;
  readonly suspended: boolean;
  /** The newest change; `null` when there was none. */
  readonly madeSo: StatusChange | null;
  /** The changes, oldest first; at most the newest {@link MAX_INDEX_CHANGES}. */
  readonly changes: readonly StatusChange[];
  /** Whether the list is closed. */
  readonly closed: boolean;
  readonly head: HeadEvidence;
}

/** A list as of a block, and the changes of one index of it. */
export interface IndexHistory {
  readonly folded: Folded<"list">;
  /** Unix time at which the list was closed; `null` while it is open. */
  readonly closedAt: number | null;
  readonly revoked: boolean;
  readonly suspended: boolean;
  readonly changes: readonly StatusChange[];
}

/**
 * Folds a list up to a block and collects the changes of one index.
 * @returns `undefined` when there was no such list.
 */
export async function indexHistory(
  held: IndexSnapshot,
  { list, index }: { readonly list: Hash; readonly index: number },
  { to, chainId }: { readonly to: number; readonly chainId: number },
): Promise<IndexHistory | undefined> {
  const changes: StatusChange[] = [];
  let closedAt: number | null = null;
  let status: Status = "valid";
  const at = Math.floor(index / CHUNK_SIZE);
  const folded = await foldAt(held, { kind: "list", id: list }, { to, chainId }, (one, chunks) => {
    if (one.kind !== "list") return;
    const { event } = one;
    if (event.type === "closed") closedAt = event.time;
    const now = statusOf(bitsOf(chunks.get(at), index));
    if (event.type !== "changed" || now === status) return;
    status = now;
    changes.push({ status, actor: event.actor, reason: event.reason, ...evidenceOf(one) });
    if (changes.length > MAX_INDEX_CHANGES) changes.shift();
  });
  if (folded === undefined) return undefined;
  return { folded, closedAt, ...bitsOf(folded.chunks.get(at), index), changes };
}

/** @throws AuditError `AUDIT_NOT_FOUND` when the list or the index did not exist. */
export async function auditedStatus(
  held: IndexSnapshot,
  network: NetworkDescriptor,
  { issuer, number, index }: { readonly issuer: Address; readonly number: bigint; readonly index: number },
  { asOf, at }: AsOfMoment,
): Promise<StatusAnswer> {
  const list = listIdOf(issuer, number);
  const found = await indexHistory(held, { list, index }, { to: asOf.number, chainId: network.chainId });
  if (found === undefined) throw new AuditError("AUDIT_NOT_FOUND", `There was no such list as of block ${asOf.number}`);
  const { folded, revoked, suspended, changes } = found;
  const { size, closed }: StatusListState = folded.state;
  if (index >= size) throw new AuditError("AUDIT_NOT_FOUND", `The list has ${size} places, from 0 on: no ${index}`);
  return {
    ...answerMetadata(asOf, at),
    list,
    issuer,
    number: String(number),
    index,
    status: statusOf(found),
    revoked,
    suspended,
    madeSo: changes.at(-1) ?? null,
    changes,
    closed,
    head: headEvidence(network, { kind: "list", id: list }, folded),
  };
}

function bitsOf(chunk: StatusChunk | undefined, index: number): { revoked: boolean; suspended: boolean } {
  const bit = 1n << BigInt(index % CHUNK_SIZE);
  return { revoked: ((chunk?.revoked ?? 0n) & bit) !== 0n, suspended: ((chunk?.suspended ?? 0n) & bit) !== 0n };
}

function statusOf({ revoked, suspended }: Pick<IndexHistory, "revoked" | "suspended">): Status {
  return revoked ? "revoked" : suspended ? "suspended" : "valid";
}
