/**
 * Splits a request target into its path and its query, which keeps its question mark and is empty when there is none. Only the
 * first question mark begins the query; the others are part of it (RFC 3986, section 3.4).
 */
export function splitTarget(target: string): { readonly path: string; readonly search: string } {
  const at = target.indexOf("?");
  return at < 0 ? { path: target, search: "" } : { path: target.slice(0, at), search: target.slice(at) };
}
