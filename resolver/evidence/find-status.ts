import type { CredentialStatus } from "../credential/read-status.ts";
import type { DidDocument } from "../did/did-document.ts";
import { MapaeError } from "../errors.ts";
import type { Preference } from "../http/preference.ts";
import type { Fetch } from "../http/request.ts";
import { CHUNK_SIZE } from "../status/decode-status-log.ts";
import { type FetchListOptions, fetchStatusList } from "../status/fetch-list.ts";
import { INVALID, SUSPENDED, VALID } from "../status/list-bytes.ts";
import { listUri } from "../status/list-uri.ts";
import type { VerifiedList } from "../status/signed/check-token.ts";
import { verifyStatusJwt } from "../status/signed/verify-token.ts";
import { statusAt } from "../status/status-list.ts";
import { StatusListError } from "../status/status-list-error.ts";
import type { ListEvidence } from "../trust/trust-answer.ts";
import type { ListFacts, Snapshot } from "./snapshot.ts";

/** A credential's status, or why it could not be determined. */
export interface FoundStatus {
  /** `null` when there is no such list, `undefined` when the status could not be determined. */
  readonly list: ListEvidence | null | undefined;
  /** The moment as of which the status was read, in Unix seconds; `undefined` when no list was read. */
  readonly issuedAt?: number;
  readonly problem?: MapaeError;
}

/** Where lists are fetched, and how old they may be. */
export interface StatusOptions {
  /** Name of the network. */
  readonly network: string;
  /** The verifier's clock, in Unix seconds. */
  readonly now: number;
  /** Highest age of a list, in seconds. */
  readonly maxStaleness: number;
  readonly fetch: Fetch;
  /** Where the list is fetched from: URLs of nodes; `undefined` stands for the list's own URI, which its issuer chose. */
  readonly sources: Preference<string | undefined>;
  /** The list's token as a JWT, if the holder presented it ("stapled"); it is verified like a fetched one. */
  readonly stapled?: string | undefined;
}

/**
 * Finds a credential's status in its whole list, stapled or fetched. The lists of a deactivated issuer are no longer signed,
 * but its last owner may still revoke: the status is then read from the chunks of the snapshot, if it has them. The same
 * applies to a snapshot that proves chunks. In both cases a stapled list counts only when it is newer, and it can't undo a
 * revocation. The status of a credential that points to another URI than that of the issuer's list is unknown: that list may
 * say something else about it.
 *
 * @param facts `null` when there is no such list, `undefined` when that is not known.
 * @param document the issuer's current document; `undefined` when it has none, or where chunks are proven and no list is
 * stapled.
 */
export async function findStatus(
  status: CredentialStatus,
  facts: ListFacts | null | undefined,
  { snapshot, document }: { readonly snapshot: Snapshot; readonly document: DidDocument | undefined },
  options: StatusOptions,
): Promise<FoundStatus> {
  if (facts === null || facts === undefined) return { list: facts };
  const { closedAt, ...state } = facts;
  const found = (revoked: boolean, suspended: boolean): ListEvidence => ({ state, closedAt, revoked, suspended });
  if (status.index >= state.size) return { list: found(false, false) };
  // Unknown where a proof begins at a checkpoint: then only the credential says where the list is, which the issuer signed.
  const own = listUri(state);
  if (own !== undefined && own !== status.uri) return { list: undefined, problem: elsewhere(status, own) };
  const from = (served: VerifiedList): FoundStatus => {
    const bits = bitsAt(served, status);
    if (bits instanceof MapaeError) return { list: undefined, problem: bits };
    return { list: found(bits.revoked, bits.suspended), issuedAt: served.issuedAt };
  };
  const brought = document && (await readStapled(status, { size: state.size, document }, options));
  const newer = brought instanceof MapaeError ? undefined : brought;
  const problem = brought instanceof MapaeError ? { problem: brought } : {};
  if (document === undefined || snapshot.provesStatuses) {
    const held = await bitsOf(snapshot, facts, status.index);
    if (held === undefined) return { list: undefined };
    if (held.revoked || newer === undefined || newer.issuedAt <= snapshot.asOf.time)
      return { list: found(held.revoked, held.suspended), issuedAt: snapshot.asOf.time, ...problem };
    return from(newer);
  }
  const isFresh = newer !== undefined && options.now - newer.issuedAt <= options.maxStaleness;
  const read = isFresh ? newer : await fetchFrom({ ...options, uri: status.uri, state, document });
  if (read instanceof MapaeError) return { list: undefined, problem: read };
  const { issuedAt } = read;
  const age = options.now - issuedAt;
  if (age > options.maxStaleness) return { list: undefined, issuedAt, problem: tooOld(status, age, options) };
  return from(read);
}

/** A credential's two bits in a snapshot or a list. */
type Bits = Pick<ListEvidence, "revoked" | "suspended">;

/**
 * A credential's bits in a served list; an error for a status that Mapae's lists do not have. Its meaning is unknown here, and
 * what is unknown is not valid.
 */
function bitsAt({ list }: VerifiedList, { uri, index }: CredentialStatus): Bits | StatusListError {
  const value = statusAt(list, index);
  if (value === VALID || value === INVALID || value === SUSPENDED)
    return { revoked: value === INVALID, suspended: value === SUSPENDED };
  const wanted = `${VALID} (valid), ${INVALID} (revoked) or ${SUSPENDED} (suspended)`;
  return new StatusListError("STATUS_LIST_UNSUPPORTED", `The list at ${uri} has the status ${value}, wanted ${wanted}`);
}

function elsewhere({ uri }: CredentialStatus, own: string): StatusListError {
  return new StatusListError("STATUS_LIST_URI", `The credential points to ${uri}, the issuer's list is at ${own}`);
}

function tooOld({ uri }: CredentialStatus, age: number, { maxStaleness }: StatusOptions): StatusListError {
  return new StatusListError(
    "STATUS_LIST_EXPIRED",
    `The list at ${uri} is ${age} s old, wanted at most ${maxStaleness} s`,
  );
}

/** A credential's two bits in a snapshot's chunks; `undefined` where it has none. */
async function bitsOf(snapshot: Snapshot, facts: ListFacts, index: number): Promise<Bits | undefined> {
  const chunk = (await snapshot.chunks(facts))?.[Math.floor(index / CHUNK_SIZE)];
  if (chunk === undefined) return undefined;
  const bit = 1n << BigInt(index % CHUNK_SIZE);
  return { revoked: (chunk.revoked & bit) !== 0n, suspended: (chunk.suspended & bit) !== 0n };
}

/** The stapled list: `undefined` when there is none, an error when it is not the token of this list. */
async function readStapled(
  { uri }: CredentialStatus,
  { size, document }: { readonly size: number; readonly document: DidDocument },
  { stapled, now }: StatusOptions,
): Promise<VerifiedList | MapaeError | undefined> {
  if (stapled === undefined) return undefined;
  try {
    return await verifyStatusJwt(stapled.trim(), { uri, size, document, now });
  } catch (error) {
    if (error instanceof MapaeError) return error;
    throw error;
  }
}

/** The list from the first place with a valid one, or the error of the place that was asked first. */
async function fetchFrom({
  sources,
  ...options
}: Pick<StatusOptions, "sources"> & Omit<FetchListOptions, "node">): Promise<VerifiedList | MapaeError> {
  try {
    return await sources.first((node) => fetchStatusList({ ...options, node }), isProblem);
  } catch (error) {
    if (isProblem(error)) return error;
    throw error;
  }
}

function isProblem(error: unknown): error is MapaeError {
  return error instanceof MapaeError;
}
