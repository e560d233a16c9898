import {
  type Credential,
  type FetchListOptions,
  fetchStatusList,
  type ListEvidence,
  MapaeError,
  statusAt,
  type VerifiedList,
} from "../../resolver/index.ts";
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
}

/** Fetches the whole list that a credential points to, and looks the credential up in it. */
export async function findStatus(
  { status }: Credential,
  { list, document }: Pick<ChainEvidence, "list" | "document">,
  { maxStaleness, ...options }: StatusOptions,
): Promise<FoundStatus> {
  if (status === null) return { list: undefined };
  if (list === null || status.index >= list.state.size) return { list: list && { ...list, ...NEITHER } };
  // A deactivated issuer's lists can't be verified any more.
  if (document === undefined) return { list: undefined };
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
