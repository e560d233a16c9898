import { ResolutionError } from "../errors.ts";

/** Longest DID or DID URL that is read, in characters. */
export const MAX_DID_URL_LENGTH = 2_048;

/** A DID URL in its parts (DID Core, section 3.2); `path`, `query` and `fragment` keep their leading character. */
export interface DidUrl {
  readonly did: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

/** A DID of any method (DID Core, section 3.1): method-name and method-specific-id, which does not end with a colon. */
export const ANY_DID = /^did:[a-z0-9]+:(?:[A-Za-z0-9._:-]|%[0-9A-Fa-f]{2})*(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})$/;

// RFC 3986, section 3.3 to 3.5: pchar, and the characters that query and fragment may contain in addition.
const PATH = /^(?:\/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*)?$/;
const QUERY = /^(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*$/;

/**
 * Splits a DID URL into its DID and the rest (DID Core, section 3.2). A text without path, query and fragment is returned
 * unchecked.
 * @throws ResolutionError `INVALID_DID_URL` when the text is too long, path, query or fragment break RFC 3986, or what they
 * follow is no DID of any method.
 */
export function splitDidUrl(text: string): DidUrl {
  if (text.length > MAX_DID_URL_LENGTH) {
    throw invalid(`A DID URL has at most ${MAX_DID_URL_LENGTH} characters, got ${text.length}`);
  }
  const [beforeFragment, fragment] = cut(text, "#");
  const [beforeQuery, query] = cut(beforeFragment, "?");
  const [did, path] = cut(beforeQuery, "/");
  if (did !== text) expectDidOfUrl(did);
  if (!PATH.test(path)) throw invalid(`The path ${shown(path)} has characters that no URL has (RFC 3986)`);
  if (!QUERY.test(query.slice(1))) throw invalidQuery(query);
  if (!QUERY.test(fragment.slice(1))) {
    throw invalid(`The fragment ${shown(fragment)} has characters that no URL has (RFC 3986)`);
  }
  return { did, path, query, fragment };
}

/**
 * The parameters of a DID URL's query. Percent-encoding is decoded once. A plus sign stays a plus sign, as in RFC 3986 and
 * unlike in HTML forms.
 * @throws ResolutionError `INVALID_DID_URL` for characters that a query can't have, or that decode to no UTF-8.
 */
export function readParameters(query: string): URLSearchParams {
  const text = query.replace(/^\?/, "");
  if (!QUERY.test(text)) throw invalidQuery(query);
  const pairs = text.split("&").filter((pair) => pair !== "");
  return new URLSearchParams(
    pairs.map((pair): [string, string] => {
      const [name, value] = cut(pair, "=");
      return [decoded(name), decoded(value.slice(1))];
    }),
  );
}

/**
 * Checks the syntax of the DID in front of path, query or fragment.
 * @throws ResolutionError `INVALID_DID_URL`
 */
export function expectDidOfUrl(did: string): void {
  if (!ANY_DID.test(did)) throw invalid(`${shown(did)} is no DID, so this is no DID URL`);
}

function cut(text: string, mark: string): [before: string, from: string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw invalid(`The query has ${shown(text)}, which is not percent-encoded UTF-8`, { cause });
  }
}

function invalidQuery(query: string): ResolutionError {
  return invalid(`The query ${shown(query)} has characters that no URL has (RFC 3986): percent-encode them`);
}

function invalid(message: string, options?: ErrorOptions): ResolutionError {
  return new ResolutionError("INVALID_DID_URL", message, options);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
