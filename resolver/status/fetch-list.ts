import type { DidDocument } from "../did/did-document.ts";
import { UnavailableError } from "../errors.ts";
import { boundedText, type Fetch, reasonOf } from "../http/request.ts";
import type { StatusListState } from "./apply-status-event.ts";
import { expectPublicUri, listUri } from "./list-uri.ts";
import type { VerifiedList } from "./signed/check-token.ts";
import { JWT_TYPE, verifyStatusJwt } from "./signed/verify-token.ts";
import { MAX_TOKEN_LENGTH } from "./status-list.ts";
import { StatusListError } from "./status-list-error.ts";

/** The list to fetch, where to fetch it, and what is known of it. */
export interface FetchListOptions {
  /** The URI of the list in the credential. */
  readonly uri: string;
  /** The issuer's list, as read from the chain or from a trusted node. */
  readonly state: Pick<StatusListState, "size" | "origin">;
  /** The issuer's current document. */
  readonly document: DidDocument;
  /** Name of the network. */
  readonly network: string;
  /** The verifier's clock, in Unix seconds. */
  readonly now: number;
  readonly fetch: Fetch;
  /** URL of a node of the verifier's choice that serves the same bytes; the list's own URI unless given. */
  readonly node?: string | undefined;
  /** Milliseconds for the whole request; 10 000 unless given. */
  readonly timeout?: number;
}

/**
 * Fetches a whole status list, and verifies it. A server can't forge it, because its subject, size and signer are known from
 * the chain. The server does not learn which credential is verified.
 *
 * @throws StatusListError `STATUS_LIST_URI` when the credential's URI is not that of the list, or is not public, and as
 * {@link verifyStatusJwt} does; UnavailableError when it can't be fetched. Then the status is unknown, which is never valid.
 */
export async function fetchStatusList(options: FetchListOptions): Promise<VerifiedList> {
  const { uri, state, document, network, now, node, fetch, timeout = 10_000 } = options;
  const wanted = listUri(state);
  if (uri !== wanted) {
    const shown = JSON.stringify(uri.slice(0, 200));
    throw new StatusListError(
      "STATUS_LIST_URI",
      `The credential points to ${shown}, the issuer's list is at ${wanted}`,
    );
  }
  if (node === undefined) expectPublicUri(uri, network);
  const { issuer, number } = state.origin as NonNullable<StatusListState["origin"]>;
  const from = node === undefined ? uri : `${node.replace(/\/+$/, "")}/status-lists/${issuer}/${number}`;
  const token = await fetchToken(from, fetch, timeout);
  return verifyStatusJwt(token, { uri, size: state.size, document, now });
}

async function fetchToken(url: string, fetch: Fetch, timeout: number): Promise<string> {
  try {
    const response = await fetch(url, {
      headers: { accept: `application/${JWT_TYPE}` },
      // A redirect could lead to any server.
      redirect: "error",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(timeout),
    });
    const tooLong = () => new Error(`it is longer than ${MAX_TOKEN_LENGTH} bytes`);
    const text = await boundedText(response, MAX_TOKEN_LENGTH, tooLong);
    if (response.status !== 200) throw new Error(`it answered HTTP ${response.status}`);
    return text.trim();
  } catch (cause) {
    throw new UnavailableError(`Could not fetch the status list at ${url}: ${reasonOf(cause).slice(0, 300)}`, {
      cause,
    });
  }
}
