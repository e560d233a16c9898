import { advanceDid, type HeadlessDid } from "../did/apply-event.ts";
import type { KeyReader } from "../did/attribute.ts";
import type { DidEvent } from "../did/decode-log.ts";
import type { MapaeDid } from "../did/did.ts";
import { type DidDocument, didDocument, type TimedDocument } from "../did/did-document.ts";
import { ChainDataError, ResolutionError, UnavailableError } from "../errors.ts";
import type { Hash } from "../primitives/hex.ts";

/** The block whose knowledge an answer uses; `time` is in Unix seconds. */
export interface AsOf {
  readonly number: number;
  readonly hash: Hash;
  readonly time: number;
  /** Number of the newest block that is finalized; -1 when there is none yet. */
  readonly finalizedBlock: number;
}

/** Which version of a document: at most one of the two (DID Resolution v1, "DID Resolution Options"). */
export interface VersionOptions {
  /** A block number, as in did:ethr: the version in force at that block, judged at the time of its own block. */
  readonly versionId?: number;
  /**
   * A moment in Unix seconds: what was known and valid then. For a moment after the newest block, up to now, the answer is as
   * of the newest block: `asOf.time` is then before `at`, and a later block may still change the answer.
   */
  readonly versionTime?: number;
}

/** DID document metadata (DID Resolution v1); times are `YYYY-MM-DDTHH:MM:SSZ`. */
export interface DocumentMetadata {
  readonly created: string;
  readonly updated?: string;
  readonly deactivated?: true;
  readonly versionId: string;
  readonly nextUpdate?: string;
  readonly nextVersionId?: string;
}

/** The block whose knowledge an answer uses, and the moment that is judged. */
export interface AnswerMetadata {
  readonly asOf: { readonly block: number; readonly hash: Hash; readonly time: string; readonly finalized: boolean };
  readonly at: string;
  /** For an older version: what was valid in it and has expired since. */
  readonly validityEnded?: readonly { readonly id: string; readonly validTo: string }[];
}

/** A version of a document, which is the same for every block as of which it is read. */
export interface Version {
  /** `null` when deactivated. */
  readonly document: DidDocument | null;
  readonly documentMetadata: DocumentMetadata;
  /** Last second (Unix time) before this version changes without an event; `undefined` when it never does. */
  readonly holdsUntil: number | undefined;
}

/** A version, with the block and the moment of the answer. */
export interface Resolution extends Version {
  readonly resolutionMetadata: AnswerMetadata;
}

/** One identity as of a block, read from a node's index or from a chain. */
export interface ResolutionContext {
  readonly did: MapaeDid;
  readonly chainId: number;
  readonly asOf: AsOf;
  /** The verifier's clock, in Unix seconds. */
  readonly now: number;
  /** Reads keys; a `keyCache` saves time where many documents are built. */
  readonly keyOf?: KeyReader;
}

/**
 * The newest version, judged at the later of the block's time and the clock, so that expired entries are left out even when
 * nothing was written since.
 *
 * @param state `undefined` when the identity was never written.
 * @throws ResolutionError `NOT_FOUND`
 */
export function resolveLatest(context: ResolutionContext, state: HeadlessDid | undefined): Resolution {
  const resolutionMetadata = answerMetadata(context.asOf, latestMoment(context));
  return { ...latestVersion(context, state), resolutionMetadata };
}

/**
 * {@link resolveLatest} without the block and the moment of the answer.
 * @throws ResolutionError `NOT_FOUND`
 */
export function latestVersion(context: ResolutionContext, state: HeadlessDid | undefined): Version {
  if (state === undefined) throw neverWritten(context);
  const { document, documentMetadata, holdsUntil } = versionOf(context, { state, at: latestMoment(context) });
  return { document, documentMetadata, holdsUntil };
}

/** The moment that the newest version is judged at, in Unix seconds. */
export function latestMoment({ asOf, now }: Pick<ResolutionContext, "asOf" | "now">): number {
  return Math.max(asOf.time, now);
}

/**
 * The version that the options name.
 *
 * @param events of the identity, oldest first; only as many as needed are read. The caller has to compare their head.
 * @throws ResolutionError `INVALID_OPTIONS` for both options or a future time; `NOT_FOUND` for an identity that was never
 * written, or not yet at that block or time.
 * @throws UnavailableError for a block that is not known here yet.
 */
export async function resolveVersion(
  context: ResolutionContext,
  events: Iterable<DidEvent> | AsyncIterable<DidEvent>,
  { versionId, versionTime }: VersionOptions,
): Promise<Resolution> {
  const { asOf, now } = context;
  if (versionId !== undefined && versionTime !== undefined) {
    throw new ResolutionError("INVALID_OPTIONS", "Got versionId and versionTime, wanted one of them");
  }
  if (versionId !== undefined && versionId > asOf.number) {
    throw new UnavailableError(
      `versionId is ${versionId}, but blocks are known up to ${asOf.number} only: ask again later`,
    );
  }
  if (versionTime !== undefined && versionTime > Math.max(asOf.time, now)) {
    throw new ResolutionError("INVALID_OPTIONS", `versionTime is ${dateTime(versionTime)}, which is yet to come`);
  }
  const isKnown = (event: DidEvent) =>
    (versionId === undefined || event.block <= versionId) && (versionTime === undefined || event.time <= versionTime);
  let known: { state: HeadlessDid; last: DidEvent } | undefined;
  let next: DidEvent | undefined;
  for await (const event of events) {
    if (!isKnown(event)) {
      next = event;
      break;
    }
    known = { state: advanceDid(known?.state, event), last: event };
  }
  if (known === undefined && next === undefined) throw neverWritten(context);
  if (known === undefined) {
    throw new ResolutionError("NOT_FOUND", `${context.did.did} was first written in block ${next?.block}, after that`);
  }
  const { state, last } = known;
  const at = versionTime ?? last.time;
  const { validTo, ...version } = versionOf(context, { state, at, next });
  // A block may still arrive for a moment between the newest block and now, so that answer is as of the newest block. Every
  // other answer is as of the block of the version, so that all nodes answer the same.
  const isOpen = versionTime !== undefined && versionTime > asOf.time;
  const made = isOpen ? asOf : { ...asOf, number: last.block, hash: last.log.blockHash, time: last.time };
  const ended = [...validTo].filter(([, until]) => until < now);
  const validityEnded = ended.map(([id, until]) => ({ id, validTo: dateTime(until) }));
  return {
    ...version,
    resolutionMetadata: { ...answerMetadata(made, at), ...(ended.length > 0 && { validityEnded }) },
  };
}

function versionOf(
  { did, chainId, keyOf }: ResolutionContext,
  { state, at, next }: { state: HeadlessDid; at: number; next?: DidEvent | undefined },
): Version & Pick<TimedDocument, "validTo"> {
  const documentMetadata: DocumentMetadata = {
    created: dateTime(state.created.time),
    ...(state.updated.block !== state.created.block && { updated: dateTime(state.updated.time) }),
    ...(state.deactivated !== null && { deactivated: true as const }),
    versionId: String(state.updated.block),
    ...(next !== undefined && { nextUpdate: dateTime(next.time), nextVersionId: String(next.block) }),
  };
  if (state.deactivated !== null)
    return { document: null, documentMetadata, holdsUntil: undefined, validTo: new Map() };
  return { documentMetadata, ...didDocument({ did: did.did, chainId, state, at, keyOf }) };
}

/** The metadata of an answer: the block whose knowledge it uses, and the moment judged, given in Unix seconds. */
export function answerMetadata(asOf: AsOf, at: number): AnswerMetadata {
  const { number: block, hash, time, finalizedBlock } = asOf;
  return { asOf: { block, hash, time: dateTime(time), finalized: block <= finalizedBlock }, at: dateTime(at) };
}

/** Unix time of the last second that `YYYY-MM-DD` can express: the end of the year 9999. */
const MAX_TIME = 253_402_300_799;

/**
 * `YYYY-MM-DDTHH:MM:SSZ` of a Unix time in seconds.
 * @throws ChainDataError after the year 9999: only a block's time can be that late.
 */
export function dateTime(seconds: number): string {
  if (seconds > MAX_TIME) throw new ChainDataError(`The chain gave time ${seconds}, wanted one up to the year 9999`);
  return `${new Date(seconds * 1_000).toISOString().slice(0, 19)}Z`;
}

function neverWritten({ did, asOf }: ResolutionContext): ResolutionError {
  return new ResolutionError("NOT_FOUND", `${did.did} was never written, as of block ${asOf.number}`);
}
