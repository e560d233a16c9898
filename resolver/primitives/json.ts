/** Deepest nesting of objects and arrays that is read. */
const MAX_DEPTH = 64;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Parses JSON that every reader understands alike: UTF-8 without a byte order mark, no name twice in an object (RFC 7515,
 * section 4; RFC 7493, section 2.3), and objects and arrays at most 64 deep.
 *
 * @throws Error naming the fault.
 */
export function parseJson(bytes: Uint8Array): unknown {
  const text = utf8.decode(bytes);
  const value: unknown = JSON.parse(text);
  expectUniqueNames(text);
  return value;
}

/** @param text valid JSON: its strings, brackets and colons are enough to find the names. */
function expectUniqueNames(text: string): void {
  const open: Set<string>[] = [];
  let last = "";
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:]/g)) {
    if (token === "{" || token === "[") {
      if (open.push(new Set()) > MAX_DEPTH) throw new RangeError(`It is nested more than ${MAX_DEPTH} deep`);
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
