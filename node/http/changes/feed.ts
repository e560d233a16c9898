import { formatDid } from "../../../resolver/did/did.ts";
import { ResolutionError } from "../../../resolver/errors.ts";
import type { Hash, Hex } from "../../../resolver/primitives/hex.ts";
import type { RegistryEvent, Subject } from "../../../resolver/registry-event.ts";
import { dateTime } from "../../../resolver/resolution/resolve.ts";
import type { StatusChange } from "../../../resolver/status/decode-status-log.ts";
import { shownLabel } from "../../../resolver/trust/label.ts";
import { heldIndex, type IndexSnapshot, type LiveIndex, type Place } from "../../index/live-index.ts";

/** Changes per page: by default, and at most. */
export const DEFAULT_CHANGES = 50;
export const MAX_CHANGES = 200;

/** Maximum number of events that are read for one page. After them the page ends with a cursor. */
export const MAX_LOOKED_THROUGH = 2_000;

/** A public change, and its event on the chain. It reveals no credential: a change of a list has only counts. */
export interface FeedChange extends Place {
  readonly blockHash: Hash;
  readonly time: string;
  readonly transaction: Hash;
  readonly kind: Subject["kind"];
  readonly subject: Hex;
  readonly type: RegistryEvent["event"]["type"];
  /** Names of the subject; which members are present depends on its kind. */
  readonly did?: string;
  readonly uri?: string;
  readonly typeId?: Hash;
  readonly label?: string | null;
  readonly issuer?: Hex;
  readonly number?: string;
  /** For a change of a list: numbers of entries. */
  readonly revoked?: number;
  readonly suspended?: number;
  readonly reinstated?: number;
}

/** Which changes are wanted. */
export interface FeedQuestion {
  /** Only changes of this subject; for a type also those of its accreditations. */
  readonly subject?: Subject | undefined;
  /** Only changes before this place. */
  readonly before?: Place | undefined;
  readonly limit: number;
}

/** A page of changes, newest first, and the cursor of the next one; `null` at the beginning of the history. */
export interface FeedPage {
  readonly changes: readonly FeedChange[];
  readonly next: string | null;
}

/** The block as of which a feed holds. It has final blocks only, so that a reorganisation can't invalidate a cursor. */
export function settledBlock({ asOf }: IndexSnapshot): number {
  return Math.min(asOf.number, asOf.finalizedBlock);
}

/**
 * Holds a snapshot of the index while a page is read.
 * @throws UnavailableError before the first block is known.
 */
export async function readFeed<T>(index: LiveIndex, read: (held: IndexSnapshot) => Promise<T>): Promise<T> {
  await using held = heldIndex(index);
  return await read(held);
}

/** Reads a page of changes, newest first. */
export async function feedPage(
  held: IndexSnapshot,
  network: string,
  { subject, before, limit }: FeedQuestion,
): Promise<FeedPage> {
  const changes: FeedChange[] = [];
  let looked = 0;
  // The events of a type's accreditations are not events of the type.
  const range = subject?.kind === "type" ? {} : { subject };
  const history = held.history({ ...range, to: settledBlock(held), before, newestFirst: true });
  for await (const events of history) {
    for (const event of events) {
      looked += 1;
      if (isAbout(held, event, subject)) changes.push(feedChange(held, event, network));
      if (changes.length >= limit || looked >= MAX_LOOKED_THROUGH) return { changes, next: cursorOf(event) };
    }
  }
  return { changes, next: null };
}

/** Whether an event belongs to the wanted subject. */
export function isAbout(held: IndexSnapshot, { kind, id }: RegistryEvent, subject: Subject | undefined): boolean {
  if (subject === undefined || (kind === subject.kind && id === subject.id)) return true;
  return subject.kind === "type" && kind === "grant" && held.state("grant", id)?.typeId === subject.id;
}

/** An event in the form of the feed. */
export function feedChange(held: IndexSnapshot, event: RegistryEvent, network: string): FeedChange {
  const { blockNumber: block, blockHash, transactionHash: transaction, logIndex } = event.event.log;
  const where = { block, blockHash, time: dateTime(event.event.time), transaction, logIndex };
  return { ...where, kind: event.kind, subject: event.id, type: event.event.type, ...named(held, event, network) };
}

function named(held: IndexSnapshot, { kind, id, event }: RegistryEvent, network: string): Partial<FeedChange> {
  switch (kind) {
    case "did":
      return { did: formatDid(network, id) };
    case "type": {
      const uri = held.state("type", id)?.uri;
      return uri === undefined ? {} : { uri };
    }
    case "grant": {
      const grant = held.state("grant", id);
      if (grant === undefined) return {};
      return { typeId: grant.typeId, did: formatDid(network, grant.subject), label: shownLabel(grant.label) };
    }
    case "list": {
      const origin = held.state("list", id)?.origin;
      const counts = event.type === "changed" ? countsOf(event.changes) : {};
      if (!origin) return counts;
      return {
        did: formatDid(network, origin.issuer),
        issuer: origin.issuer,
        number: String(origin.number),
        ...counts,
      };
    }
  }
}

function countsOf(changes: readonly StatusChange[]): Pick<FeedChange, "revoked" | "suspended" | "reinstated"> {
  const sum = (name: "revoke" | "suspend" | "reinstate") => changes.reduce((all, one) => all + bitsIn(one[name]), 0);
  return { revoked: sum("revoke"), suspended: sum("suspend"), reinstated: sum("reinstate") };
}

function bitsIn(mask: bigint): number {
  return mask.toString(2).replaceAll("0", "").length;
}

const CURSOR = /^(?<block>0|[1-9][0-9]{0,14})-(?<logIndex>0|[1-9][0-9]{0,14})$/;

export function cursorOf({ event: { log } }: RegistryEvent): string {
  return `${log.blockNumber}-${log.logIndex}`;
}

/** @throws ResolutionError `INVALID_OPTIONS` */
export function placeOf(cursor: string, name: string): Place {
  const { block, logIndex } = CURSOR.exec(cursor)?.groups ?? {};
  if (block === undefined || logIndex === undefined) {
    const got = JSON.stringify(cursor.slice(0, 60));
    throw new ResolutionError("INVALID_OPTIONS", `${name} is ${got}, wanted <block>-<log>, as a page's \`next\` is`);
  }
  return { block: Number(block), logIndex: Number(logIndex) };
}
