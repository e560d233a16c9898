import type { MapaeDid } from "../../../resolver/did/did.ts";
import { expectDidOfUrl, readParameters, splitDidUrl } from "../../../resolver/did/did-url.ts";
import { ResolutionError } from "../../../resolver/errors.ts";
import type { PartOptions } from "../../../resolver/resolution/options.ts";
import { splitTarget } from "./split-target.ts";

/** Parameters that select a part of a document, or a URL that it contains. */
const PART_NAMES = [
  "service",
  "serviceType",
  "relativeRef",
  "verificationRelationship",
] as const satisfies (keyof PartOptions)[];

/** A requested DID or DID URL; path and fragment keep their leading character. */
export interface Target<Did = MapaeDid> {
  readonly did: Did;
  readonly path: string;
  readonly fragment: string;
  /** The parameters of the DID URL, then the options behind it. */
  readonly query: URLSearchParams;
}

/**
 * Reads the DID URL from a request target. It may be percent-encoded once; options may be in the DID URL or after it.
 * @param parse parses a DID of the wanted method.
 * @throws ResolutionError `INVALID_DID_URL` when it has a path, query or fragment but is not a DID URL by the syntax of DID
 * Core; `INVALID_DID`, or `METHOD_NOT_SUPPORTED`.
 */
export function parseTarget<Did>(target: string, parse: (did: string) => Did): Target<Did> {
  const { path: encoded, search } = splitTarget(target);
  const decoded = decodeTarget(encoded);
  // A DID URL is validated as a whole before its DID is resolved (DID Resolution v1, "Dereferencing the Resource", step 1).
  const isDidUrl = /[/?#]/.test(decoded);
  const { did: text, path, query, fragment } = isDidUrl ? splitDidUrl(decoded) : { ...NO_PARTS, did: decoded };
  if (search !== "") expectDidOfUrl(text);
  const did = parse(text);
  if (query === "" && search === "") return { did, path, fragment, query: new URLSearchParams() };
  const own = readParameters(query);
  for (const [name, value] of readParameters(search)) own.append(name, value);
  return { did, path, fragment, query: own };
}

const NO_PARTS = { path: "", query: "", fragment: "" };

function decodeTarget(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch (cause) {
    const code = /[/?#]|%2f|%3f|%23/i.test(encoded) ? "INVALID_DID_URL" : "INVALID_DID";
    throw new ResolutionError(code, "The DID or DID URL is not percent-encoded right", { cause });
  }
}

/** Whether a part of a document is requested, not the whole. */
export function asksForPart({ path, fragment, query }: Omit<Target, "did">): boolean {
  return path !== "" || fragment !== "" || (query.size > 0 && PART_NAMES.some((name) => query.has(name)));
}
