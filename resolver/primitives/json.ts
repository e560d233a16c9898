/** Deepest nesting of objects and arrays that is read. */
export const MAX_JSON_DEPTH = 64;

/** Most objects and arrays that are read: a bundle with as many events as one may have takes half of them. */
const MAX_CONTAINERS = 1_000_000;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Parses JSON that every reader understands alike: UTF-8 without a byte order mark, no name twice in an object (RFC 7515,
 * section 4; RFC 7493, section 2.3), and at most 1 000 000 objects and arrays, nested at most 64 deep.
 *
 * @throws Error naming the fault.
 */
export function parseJson(bytes: Uint8Array): unknown {
  const text = utf8.decode(bytes);
  expectBounded(text);
  const value: unknown = JSON.parse(text);
  expectUniqueNames(text);
  return value;
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Refuses a text with too many objects and arrays before `JSON.parse` reads it, which takes more than 40 bytes of memory for
 * each of them, and so gigabytes for 64 MiB of brackets.
 *
 * @param text need not be JSON.
 */
export function expectBounded(text: string): void {
  let [depth, count] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      if (++depth > MAX_JSON_DEPTH) throw new RangeError(`It is nested more than ${MAX_JSON_DEPTH} deep`);
      if (++count > MAX_CONTAINERS) throw new RangeError(`It has more than ${MAX_CONTAINERS} objects and arrays`);
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth--;
  }
}

/** The index of the quotation mark that ends a string, or the text's length. Most of a long text is one string, a list's bits. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return at;
  }
  return text.length;
}

/** @param text valid JSON: its strings, brackets and colons are enough to find the names. */
function expectUniqueNames(text: string): void {
  const open: Set<string>[] = [];
  let last = "";
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:]/g)) {
    if (token === "{" || token === "[") {
      open.push(new Set());
    } else if (token === "}" || token === "]") {
      open.pop();
    } else if (token === ":") {
      const name: string = JSON.parse(last);
      const names = open.at(-1) as Set<string>;
      if (names.has(name)) throw new SyntaxError(`It has the name ${last.slice(0, 60)} twice in one object`);
      names.add(name);
    } else {
      last = token;
    }
  }
}

/** An own member of a value that may be an object; inherited ones do not count. */
export function member(value: unknown, name: string): unknown {
  if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
  return value[name];
}

/** Whether a JSON value is an object, not an array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The beginning of a value, for a message. */
export function excerpt(value: unknown): string {
  return (typeof value === "bigint" ? String(value) : (JSON.stringify(value) ?? "nothing")).slice(0, 200);
}
