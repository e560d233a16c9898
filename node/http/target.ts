import { type MapaeDid, parseDid, splitDidUrl } from "../../resolver/did.ts";
import { ResolutionError } from "../../resolver/errors.ts";

/** Parameters that ask for something that a document points to (DID Core, section 3.2.1): the document is no answer. */
const PARTS = ["service", "relativeRef"];

/**
 * Takes the DID out of a request target: percent-encoded at most once; options may stand in the DID URL or behind it.
 * @throws ResolutionError `INVALID_DID`, `METHOD_NOT_SUPPORTED`, `INVALID_DID_URL`, or `FEATURE_NOT_SUPPORTED` for a DID
 * URL that names a part of a document.
 */
export function parseTarget(target: string): { did: MapaeDid; query: URLSearchParams } {
  const at = target.indexOf("?");
  const encoded = at < 0 ? target : target.slice(0, at);
  let decoded: string;
  try {
    decoded = decodeURIComponent(encoded);
  } catch (cause) {
    throw new ResolutionError("INVALID_DID", "The DID is not percent-encoded right", { cause });
  }
  // The DID comes first: its faults are earlier than those of a DID URL.
  const did = parseDid(decoded.split(/[/?#]/, 1)[0] ?? "");
  const { path, query, fragment } = splitDidUrl(decoded);
  const own = new URLSearchParams(query);
  for (const [name, value] of new URLSearchParams(at < 0 ? "" : target.slice(at))) own.append(name, value);
  if (path !== "" || fragment !== "" || PARTS.some((name) => own.has(name))) {
    const detail = `A DID URL with a path, a fragment, ${PARTS.join(" or ")} is not dereferenced here`;
    throw new ResolutionError("FEATURE_NOT_SUPPORTED", detail);
  }
  return { did, query: own };
}
