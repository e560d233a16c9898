/** Deepest nesting of objects and arrays that is read. */
export const MAX_JSON_DEPTH = 64;

/** Most objects and arrays that are read: a bundle with as many events as one may have takes half of them. */
const MAX_CONTAINERS = 1_000_000;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Parses JSON that every reader understands alike: UTF-8 without a byte order mark, and else as {@link parseJsonText}.
 * @throws Error naming the fault.
 */
export function parseJson(bytes: Uint8Array): unknown {
  return parseJsonText(utf8.decode(bytes));
}

/**
 * Parses JSON with no name twice in an object (RFC 7515, section 4; RFC 7493, section 2.3), and at most 1 000 000 objects and
 * arrays, nested at most 64 deep.
 *
 * @throws RangeError for too many or too deep objects and arrays.
 * @throws SyntaxError for a name that is twice in an object, and for what is no JSON.
 */
export function parseJsonText(text: string): unknown {
  expectBoundedAndUnique(text);
  return JSON.parse(text);
}

const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Checks a text that need not be JSON: strings, brackets and colons are enough to find the names. It does so before `JSON.parse`,
 * which takes more than 40 bytes of memory for each bracket, and so gigabytes for 64 MiB of them.
 */
function expectBoundedAndUnique(text: string): void {
  /** For each open object or array, the names of its members so far. */
  const open: Set<string>[] = [];
  let count = 0;
  let last = { start: 0, end: 0 };
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      last = { start: at + 1, end: endOfString(text, at) };
      at = last.end;
    } else if (code === COLON) addName(open.at(-1), text.slice(last.start, last.end));
    else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      open.push(new Set());
      if (open.length > MAX_JSON_DEPTH) throw new RangeError(`It is nested more than ${MAX_JSON_DEPTH} deep`);
      if (++count > MAX_CONTAINERS) throw new RangeError(`It has more than ${MAX_CONTAINERS} objects and arrays`);
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) open.pop();
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

/** @param written the name as it is in the text, where the same character can be written in several ways. */
function addName(names: Set<string> | undefined, written: string): void {
  const name: string = written.includes("\\") ? JSON.parse(`"${written}"`) : written;
  if (names?.has(name)) throw new SyntaxError(`It has the name "${written.slice(0, 60)}" twice in one object`);
  names?.add(name);
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
