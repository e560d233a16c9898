/** Deepest nesting that is read: a status list needs four levels. */
const MAX_DEPTH = 16;

/** A tagged value (RFC 8949, section 3.4). */
export class CborTag {
  readonly tag: number;
  readonly value: unknown;

  constructor(tag: number, value: unknown) {
    this.tag = tag;
    this.value = value;
  }
}

const UNSIGNED = 0;
const NEGATIVE = 1;
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;
const TAG = 6;
const SIMPLE = 7;

/**
 * Encodes safe integers, byte strings, text, arrays, maps and tags by the core deterministic rules of RFC 8949, section 4.2.1.
 * An object is a map with text keys.
 */
export function encodeCbor(value: unknown): Uint8Array<ArrayBuffer> {
  if (typeof value === "number" && Number.isSafeInteger(value))
    return value < 0 ? head(NEGATIVE, -1 - value) : head(UNSIGNED, value);
  if (value instanceof Uint8Array) return concat([head(BYTES, value.length), value]);
  if (typeof value === "string") {
    const text = new TextEncoder().encode(value);
    return concat([head(TEXT, text.length), text]);
  }
  if (Array.isArray(value)) return concat([head(ARRAY, value.length), ...value.map(encodeCbor)]);
  if (value instanceof CborTag) return concat([head(TAG, value.tag), encodeCbor(value.value)]);
  if (typeof value !== "object" || value === null) throw new TypeError(`Can't encode ${String(value)} as CBOR`);
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  const encoded = entries.map(([key, one]) => [encodeCbor(key), encodeCbor(one)] as const);
  encoded.sort(([one], [other]) => compareBytes(one, other));
  return concat([head(MAP, encoded.length), ...encoded.flat()]);
}

/**
 * Decodes one item that fills all of the bytes (RFC 8949). Maps become `Map`s, tagged values {@link CborTag}s.
 *
 * @throws TypeError saying what is wrong; also for a map with one key twice, an integer beyond 2^53, and bytes after the item.
 */
export function decodeCbor(bytes: Uint8Array): unknown {
  const reader = { bytes, at: 0 };
  const value = item(reader, 0);
  if (value === BREAK) throw new TypeError("Got the end of an item that did not begin");
  if (reader.at !== bytes.length) throw new TypeError(`${bytes.length - reader.at} bytes are left after the item`);
  return value;
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

/** Ends an item of indefinite length. */
const BREAK = Symbol("break");

/** A number of items; `undefined` means until {@link BREAK}. */
type Length = number | undefined;

function item(reader: Reader, depth: number): unknown {
  if (depth > MAX_DEPTH) throw new TypeError(`Nested more than ${MAX_DEPTH} deep`);
  const first = take(reader, 1)[0] ?? 0;
  const [type, info] = [first >> 5, first & 0x1f];
  if (type === SIMPLE) return simple(reader, info);
  const isIndefinite = info === 31 && type >= BYTES && type <= MAP;
  const length = isIndefinite ? undefined : argumentOf(reader, info);
  if (type === BYTES) return length === undefined ? concat(chunks(reader, depth, BYTES)) : take(reader, length);
  if (type === TEXT) {
    const text = length === undefined ? concat(chunks(reader, depth, TEXT)) : take(reader, length);
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(text);
  }
  if (type === ARRAY) return [...items(reader, depth, length)];
  if (type === MAP) return mapOf([...items(reader, depth, length && 2 * length)]);
  const argument = length ?? 0;
  if (type === TAG) return new CborTag(argument, only(item(reader, depth + 1)));
  return type === NEGATIVE ? -1 - argument : argument;
}

/** A known number of items, or all items up to {@link BREAK}. A length allocates no memory before its items are read. */
function* items(reader: Reader, depth: number, length: Length): Generator<unknown, void, void> {
  for (let count = 0; count !== length; count++) {
    const value = item(reader, depth + 1);
    if (value === BREAK && length === undefined) return;
    yield only(value);
  }
}

/** The parts of a string of indefinite length, each of the same type and of a definite length. */
function chunks(reader: Reader, _depth: number, type: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (;;) {
    const first = reader.bytes[reader.at] ?? 0;
    if (first === 0xff) {
      reader.at++;
      return parts;
    }
    if (first >> 5 !== type || (first & 0x1f) === 31) throw new TypeError("A part of a string is of another type");
    reader.at++;
    parts.push(take(reader, argumentOf(reader, first & 0x1f)));
  }
}

function mapOf(pairs: readonly unknown[]): Map<unknown, unknown> {
  const map = new Map<unknown, unknown>();
  if (pairs.length % 2 === 1) throw new TypeError("The last key of a map has no value");
  for (let at = 0; at < pairs.length; at += 2) {
    const key = pairs[at];
    if (map.has(key)) throw new TypeError(`The key ${JSON.stringify(key)} occurs twice`);
    map.set(key, pairs[at + 1]);
  }
  return map;
}

function only(value: unknown): unknown {
  if (value === BREAK) throw new TypeError("Got the end of an item that did not begin");
  return value;
}

const SIMPLE_VALUES: Readonly<Record<number, unknown>> = { 20: false, 21: true, 22: null, 23: undefined, 31: BREAK };

function simple(reader: Reader, info: number): unknown {
  if (Object.hasOwn(SIMPLE_VALUES, info)) return SIMPLE_VALUES[info];
  if (info < 25 || info > 27) throw new TypeError(`Got the simple value ${info}`);
  const bytes = take(reader, 2 ** (info - 24));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (info === 27) return view.getFloat64(0);
  return info === 26 ? view.getFloat32(0) : half(view.getUint16(0));
}

/** A number of binary16 (RFC 8949, appendix D). */
function half(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 0x1f, bits & 0x3ff];
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1_024 + fraction) * 2 ** (exponent - 25);
}

/** The argument of an item: in its first byte, or in the 1, 2, 4 or 8 bytes after it. */
function argumentOf(reader: Reader, info: number): number {
  if (info < 24) return info;
  if (info > 27) throw new TypeError("Got a length of a reserved kind");
  let value = 0;
  for (const byte of take(reader, 2 ** (info - 24))) value = value * 256 + byte;
  if (!Number.isSafeInteger(value)) throw new TypeError("Got an integer beyond 2^53");
  return value;
}

function take(reader: Reader, length: number): Uint8Array {
  const end = reader.at + length;
  if (end > reader.bytes.length) throw new TypeError("It ends too early");
  const taken = reader.bytes.subarray(reader.at, end);
  reader.at = end;
  return taken;
}

function head(type: number, argument: number): Uint8Array<ArrayBuffer> {
  const major = type << 5;
  if (argument < 24) return Uint8Array.of(major | argument);
  const [log, size] = (
    [
      [0, 1],
      [1, 2],
      [2, 4],
      [3, 8],
    ] as const
  ).find(([, bytes]) => argument < 256 ** bytes) ?? [3, 8];
  const bytes = new Uint8Array(1 + size);
  bytes[0] = major | (24 + log);
  for (let at = size, rest = argument; at > 0; at--, rest = Math.floor(rest / 256)) bytes[at] = rest % 256;
  return bytes;
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function compareBytes(one: Uint8Array, other: Uint8Array): number {
  for (const [at, byte] of one.entries()) {
    const difference = byte - (other[at] ?? -1);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}
