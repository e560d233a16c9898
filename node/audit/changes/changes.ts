import type { Address } from "../../../resolver/primitives/hex.ts";
import type { RegistryEvent, Subject, SubjectKind } from "../../../resolver/registry-event.ts";
import type { IndexSnapshot, Place } from "../../index/live-index.ts";
import { AuditError } from "../audit-error.ts";
import { DEFAULT_PAGE, MAX_PAGE, MAX_PAGE_BYTES, MAX_SCANNED } from "../bounds.ts";
import { type Parameters, required, subjectOf } from "../parameters.ts";
import { lastChangeAt } from "../past/as-of.ts";
import { Actors } from "./actors.ts";
import { type Change, type ChangeType, changeOf } from "./change.ts";

/** Which changes are wanted: a change has to match all given members. */
export interface ChangeFilter {
  readonly subject?: Subject | undefined;
  readonly kind?: SubjectKind | undefined;
  readonly type?: ChangeType | undefined;
  readonly actor?: Address | undefined;
  /** First and last second, in Unix time. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Only changes after this event. */
  readonly after?: Cursor | undefined;
}

/** The last event that was read: its place, and the last 16 digits of its block's hash, by which a reorg is detected. */
export interface Cursor extends Place {
  readonly hash: string;
}

/** Query parameters of `/audit/changes`; a page has `limit`, too. */
export const CHANGE_PARAMETERS = ["kind", "subject", "type", "actor", "from", "to", "after"] as const;
const CURSOR = /^(?<block>0|[1-9][0-9]{0,14})-(?<logIndex>0|[1-9][0-9]{0,14})-(?<hash>[0-9a-f]{16})$/;

/** @throws AuditError `AUDIT_PARAMETER` */
export function readFilter(given: Parameters, network: string): ChangeFilter {
  const kind = given.kind("kind");
  const id = given.matching("subject", /^.{1,120}$/, "the id of a subject");
  const cursor = given.matching("after", CURSOR, "`next` of the page before");
  const groups = CURSOR.exec(cursor ?? "")?.groups;
  return {
    kind,
    subject: id === undefined ? undefined : subjectOf(required(kind, "kind"), id, network),
    type: given.changeType("type"),
    actor: given.address("actor"),
    from: given.moment("from"),
    to: given.moment("to"),
    after: groups && { block: Number(groups.block), logIndex: Number(groups.logIndex), hash: groups.hash ?? "" },
  };
}

/** A page of changes in the chain's order. */
export interface Page {
  readonly changes: Change[];
  /** Cursor of the next page; `null` at the block of the index. An empty page may have one, too. */
  readonly next: string | null;
}

/**
 * Reads one page. It ends after a number of changes, of events read, or of bytes, whichever comes first.
 * @throws AuditError `AUDIT_CURSOR`
 */
export async function pageOf(index: IndexSnapshot, filter: ChangeFilter, limit = DEFAULT_PAGE): Promise<Page> {
  const changes: Change[] = [];
  let [scanned, bytes] = [0, 0];
  for await (const { event, change } of scan(index, filter)) {
    if (change !== undefined) {
      changes.push(change);
      bytes += event.event.log.data.length;
    }
    if (changes.length >= limit || ++scanned >= MAX_SCANNED || bytes >= MAX_PAGE_BYTES) {
      return { changes, next: cursorOf(event) };
    }
  }
  return { changes, next: null };
}

export function limitOf(given: Parameters): number {
  return given.whole("limit", 1, MAX_PAGE) ?? DEFAULT_PAGE;
}

/**
 * All changes, read as the consumer requests them: for an export.
 * @throws AuditError `AUDIT_CURSOR`
 */
export async function* allChanges(index: IndexSnapshot, filter: ChangeFilter): AsyncGenerator<Change, void, void> {
  for await (const { change } of scan(index, filter)) if (change !== undefined) yield change;
}

/** Every event that is read, with its change if that is wanted. */
async function* scan(
  index: IndexSnapshot,
  { subject, kind, type, actor, from, to, after }: ChangeFilter,
): AsyncGenerator<{ readonly event: RegistryEvent; readonly change: Change | undefined }, void, void> {
  if (after !== undefined) expectThere(index, after);
  // Translates moments to blocks first, so that no event outside of them is read.
  const before = from === undefined ? undefined : await lastChangeAt(index, from - 1);
  const last = to === undefined ? undefined : await lastChangeAt(index, to);
  if (to !== undefined && last === undefined) return;
  const range = {
    subject,
    after,
    from: before === undefined ? 0 : before.number + 1,
    to: last?.number ?? index.asOf.number,
  };
  const actors = new Actors(index);
  for await (const events of index.history(range)) {
    for (const event of events) {
      const isKind = (kind === undefined || event.kind === kind) && (type === undefined || event.event.type === type);
      // For DIDs, every change of an owner is needed to know the actors of later events.
      const isOwner = event.event.type === "owner" && (kind === undefined || kind === "did");
      const by = isKind || isOwner ? await actors.of(event) : undefined;
      const isWanted = isKind && by !== undefined && (actor === undefined || by.actor === actor);
      yield { event, change: isWanted ? changeOf(event, by) : undefined };
    }
  }
}

function expectThere(index: IndexSnapshot, after: Cursor): void {
  const event = index.eventAt(after);
  if (event !== undefined && cursorOf(event).endsWith(after.hash)) return;
  throw new AuditError("AUDIT_CURSOR", "What the cursor names is not on the chain any more: begin again without it");
}

function cursorOf({ event: { log } }: RegistryEvent): string {
  return `${log.blockNumber}-${log.logIndex}-${log.blockHash.slice(-16)}`;
}
