import type { CredentialStatus } from "../credential/read-status.ts";
import type { DidDocument } from "../did/did-document.ts";
import { MapaeError } from "../errors.ts";
import type { Fetch } from "../http/request.ts";
import { WORD_BITS } from "../status/decode-status-log.ts";
import { fetchStatusList } from "../status/fetch-list.ts";
import { INVALID, SUSPENDED } from "../status/list-bytes.ts";
import type { VerifiedList } from "../status/signed/check-token.ts";
import { statusAt } from "../status/status-list.ts";
import type { ListEvidence } from "../trust/trust-answer.ts";
import type { ListFacts, Snapshot } from "./snapshot.ts";

/** A credential's status, or why it could not be found out. */
export interface FoundStatus {
  /** `null` when there is no such list, `undefined` when it could not be found out. */
  readonly list: ListEvidence | null | undefined;
  /** As of when the status holds, in Unix seconds; `undefined` when no list was read. */
  readonly issuedAt?: number;
  readonly problem?: MapaeError;
}

/** Where lists are fetched, and how old they may be. */
export interface StatusOptions {
  /** Name of the network. */
  readonly network: string;
  /** The verifier's clock, in Unix seconds. */
  readonly now: number;
  /** Most seconds that a list may be old. */
  readonly maxStaleness: number;
  readonly fetch: Fetch;
  /** URLs of nodes to ask for the list, in order; only where none is given is the list's own URI asked, which its issuer chose. */
  readonly nodes: readonly string[];
}

/**
 * Fetches the whole list that a credential points to, and looks the credential up in it. Nobody signs the lists of an issuer that
 * is deactivated, though its last owner may still revoke: then the whole list is read from the chain, where there is one to ask.
 *
 * @param document the issuer's, as it is now; `undefined` when it has none.
 */
export async function findStatus(
  { uri, index }: CredentialStatus,
  facts: ListFacts | null,
  { snapshot, document }: { readonly snapshot: Snapshot; readonly document: DidDocument | undefined },
  options: StatusOptions,
): Promise<FoundStatus> {
  if (facts === null) return { list: null };
  const { closedAt, ...state } = facts;
  const found = (revoked: boolean, suspended: boolean): ListEvidence => ({ state, closedAt, revoked, suspended });
  if (index >= state.size) return { list: found(false, false) };
  if (document === undefined) {
    const word = (await snapshot.words(facts))?.[Math.floor(index / WORD_BITS)];
    if (word === undefined) return { list: undefined };
    const bit = 1n << BigInt(index % WORD_BITS);
    return { list: found((word.revoked & bit) !== 0n, (word.suspended & bit) !== 0n), issuedAt: snapshot.asOf.time };
  }
  const places = options.nodes.length > 0 ? options.nodes : [undefined];
  const read = await fetchFrom(places, { ...options, uri, state, document });
  if (read instanceof MapaeError) return { list: undefined, problem: read };
  const { issuedAt } = read;
  if (options.now - issuedAt > options.maxStaleness) return { list: undefined, issuedAt };
  const value = statusAt(read.list, index);
  return { list: found(value === INVALID, value === SUSPENDED), issuedAt };
}

/** Asks one place after the other; the first problem is told, that with where the verifier wanted it from. */
async function fetchFrom(
  places: readonly (string | undefined)[],
  options: Omit<Parameters<typeof fetchStatusList>[0], "node">,
): Promise<VerifiedList | MapaeError> {
  let first: MapaeError | undefined;
  for (const node of places) {
    try {
      return await fetchStatusList({ ...options, node });
    } catch (error) {
      if (!(error instanceof MapaeError)) throw error;
      first ??= error;
    }
  }
  return first as MapaeError;
}
