import { boundedText, reasonOf } from "../../resolver/http/request.ts";
import { type CredentialType, type Purpose, readPurpose } from "../../resolver/index.ts";
import { CliError } from "../terminal/errors.ts";

/** Longest document of a type, in bytes. */
const MAX_BYTES = 262_144;

/** How long a node may take to answer, in milliseconds. */
const ANSWERS_WITHIN_MS = 10_000;

/**
 * The purpose of a type, which decides what the holders of a grant may ask for, from the type's document at a node. The node is
 * not trusted: the document's hash is on the chain.
 *
 * @param node URL of its public listener, without a slash at its end.
 * @returns `undefined` for a type that is no purpose, or whose document the node does not have: it serves only documents of
 * http(s) URIs.
 * @throws PurposeError for a document that is not the type's; CliError `UNAVAILABLE`.
 */
export async function fetchPurpose(node: string, type: CredentialType): Promise<Purpose | undefined> {
  if (!/^https?:\/\//.test(type.uri) || !URL.canParse(type.uri)) return undefined;
  const url = `${node}${new URL(type.uri).pathname}`;
  let document: string;
  try {
    const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(`it answered HTTP ${response.status}`);
    document = await boundedText(response, MAX_BYTES, () => new Error(`it is longer than ${MAX_BYTES} bytes`));
  } catch (cause) {
    throw new CliError("UNAVAILABLE", `Could not fetch the document of a type at ${url}: ${reasonOf(cause)}`, {
      cause,
    });
  }
  return isPurpose(document) ? readPurpose(document, type) : undefined;
}

/** Only the document of a credential type has a `vct`. */
function isPurpose(document: string): boolean {
  try {
    return !Object.hasOwn(JSON.parse(document), "vct");
  } catch {
    return true; // not the type's document: readPurpose refuses it by its hash
  }
}

/** What may be asked for as text: a line for each credential type. */
export function purposeInWords({ credentials, retention }: Purpose): string[] {
  return credentials.map(({ vct, claims }) => {
    const named = claims.map((path) => path.join(".")).join(", ");
    return `${vct}: ${named}; kept for ${retention}`;
  });
}
