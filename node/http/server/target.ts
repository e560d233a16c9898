import type { MapaeDid } from "../../../resolver/did/did.ts";
import { readParameters, splitDidUrl } from "../../../resolver/did/did-url.ts";
import { ResolutionError } from "../../../resolver/errors.ts";
import type { PartOptions } from "../../../resolver/resolution/options.ts";

/** Parameters that ask for a part of a document, or for what it points to. */
const PART_NAMES = [
  "service",
  "serviceType",
  "relativeRef",
  "verificationRelationship",
] as const satisfies (keyof PartOptions)[];

/** A DID or DID URL that was asked for; path and fragment keep their leading character. */
export interface Target<Did = MapaeDid> {
  readonly did: Did;
  readonly path: string;
  readonly fragment: string;
  /** The parameters of the DID URL, then the options behind it. */
  readonly query: URLSearchParams;
}

/**
 * Takes the DID URL out of a request target: percent-encoded at most once; options may stand in the DID URL or behind it.
 * @param parse reads a DID of the method that is asked for.
 * @throws ResolutionError `INVALID_DID`, `METHOD_NOT_SUPPORTED`, or `INVALID_DID_URL`.
 */
export function parseTarget<Did>(target: string, parse: (did: string) => Did): Target<Did> {
  const at = target.indexOf("?");
  const encoded = at < 0 ? target : target.slice(0, at);
  let decoded: string;
  try {
    decoded = decodeURIComponent(encoded);
  } catch (cause) {
    throw new ResolutionError("INVALID_DID", "The DID is not percent-encoded right", { cause });
  }
  // The DID comes first: its faults are earlier than those of a DID URL.
  const did = parse(decoded.split(/[/?#]/, 1)[0] ?? "");
  const { path, query, fragment } = splitDidUrl(decoded);
  if (query === "" && at < 0) return { did, path, fragment, query: new URLSearchParams() };
  const own = readParameters(query);
  for (const [name, value] of readParameters(at < 0 ? "" : target.slice(at))) own.append(name, value);
  return { did, path, fragment, query: own };
}

/** Whether a part of a document is asked for, rather than the document. */
export function asksForPart({ path, fragment, query }: Omit<Target, "did">): boolean {
  return path !== "" || fragment !== "" || (query.size > 0 && PART_NAMES.some((name) => query.has(name)));
}
