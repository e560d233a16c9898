/** An entity-tag, and what separates it from the next one (RFC 9110, sections 5.6.1 and 8.8.3): a tag may have commas and stars. */
const TAG = /[ \t,]*(?:W\/)?(?<opaque>"[\x21\x23-\x7e\x80-\uffff]*")[ \t]*(?=,|$)/y;

/**
 * Whether `If-None-Match` names an answer's tag, by weak comparison (RFC 9110, section 13.1.2). A header that breaks the grammar
 * is read up to the fault.
 */
export function matchesTag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const text = ifNoneMatch.trim();
  if (text === "*") return true;
  const wanted = etag.replace(/^W\//, "");
  TAG.lastIndex = 0;
  for (let tag = TAG.exec(text); tag !== null; tag = TAG.exec(text)) if (tag.groups?.opaque === wanted) return true;
  return false;
}
