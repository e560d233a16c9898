import { createHash } from "node:crypto";

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/**
 * Disclosures of an SD-JWT, each of which has the digest of the one before at a depth of arrays; `outer` is the member `_sd` that
 * discloses the last one.
 */
export function nestedDisclosures(count: number, depth: number) {
  const texts: string[] = [];
  let inner: unknown = 1;
  for (let made = 0; made < count; made++) {
    let value = inner;
    for (let level = 0; level < depth; level++) value = [value];
    const text = part(["salt", "claim", value]);
    texts.push(text);
    inner = { _sd: [createHash("sha256").update(text).digest("base64url")] };
  }
  return { texts, outer: inner as { readonly _sd: readonly string[] } };
}
