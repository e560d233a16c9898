import {
  type Credential,
  type FetchListOptions,
  fetchStatusList,
  type ListEvidence,
  MapaeError,
  type StatusListState,
  type StatusWord,
  statusAt,
  type VerifiedList,
} from "../../resolver/index.ts";
import { statusAt as statusIn } from "../status/list.ts";
import type { ChainEvidence } from "./chain-evidence.ts";

/** A credential's status, or why it could not be found out. */
export interface FoundStatus {
  /** `null` when there is no such list, `undefined` when it could not be found out. */
  readonly list: ListEvidence | null | undefined;
  /** As of when the status holds, in Unix seconds; `undefined` when no list was read. */
  readonly issuedAt?: number;
  readonly problem?: MapaeError;
}

export interface StatusOptions extends Pick<FetchListOptions, "network" | "now" | "fetch" | "node"> {
  /** Most seconds that a list may be old. */
  readonly maxStaleness: number;
  /** Reads all words of a list from the chain, as of the block of what is known. */
  readonly readWords: (list: StatusListState) => Promise<readonly StatusWord[]>;
}

/**
 * Fetches the whole list that a credential points to, and looks the credential up in it. Nobody signs the lists of an issuer that
 * is deactivated, though its last owner may still revoke: then the whole list is read from the chain.
 */
export async function findStatus(
  { status }: Credential,
  { list, document, asOf }: Pick<ChainEvidence, "list" | "document" | "asOf">,
  { maxStaleness, readWords, ...options }: StatusOptions,
): Promise<FoundStatus> {
  if (status === null || list === undefined) return { list: undefined };
  if (list === null || status.index >= list.state.size) return { list: list && { ...list, ...NEITHER } };
  if (document === undefined) {
    const value = statusIn(await readWords(list.state), status.index);
    return { list: { ...list, revoked: value === "revoked", suspended: value === "suspended" }, issuedAt: asOf.time };
  }
  let read: VerifiedList;
  try {
    read = await fetchStatusList({ ...options, uri: status.uri, state: list.state, document });
  } catch (problem) {
    if (!(problem instanceof MapaeError)) throw problem;
    return { list: undefined, problem };
  }
  const { issuedAt } = read;
  if (options.now - issuedAt > maxStaleness) return { list: undefined, issuedAt };
  const value = statusAt(read.list, status.index);
  return { list: { ...list, revoked: value === 1, suspended: value === 2 }, issuedAt };
}

const NEITHER = { revoked: false, suspended: false };
