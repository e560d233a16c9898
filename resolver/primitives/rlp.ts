/** What RLP encodes: a string of bytes, or a list of such items (Yellow Paper, appendix B). */
export type RlpItem = Uint8Array | readonly RlpItem[];

/** Deepest nesting of lists that is decoded: headers and tree nodes have at most 3 levels, an embedded tree node adds few. */
export const MAX_RLP_DEPTH = 16;

/** The bytes are not the canonical RLP encoding of an item. */
export class RlpError extends Error {
  readonly code = "RLP";

  constructor(at: number, why: string) {
    super(`RLP, byte ${at}: ${why}`);
    this.name = "RlpError";
  }
}

/** The RLP of an item. */
export function encodeRlp(item: RlpItem): Uint8Array {
  const bytes = new Uint8Array(lengthOf(item));
  write(bytes, 0, item);
  return bytes;
}

/**
 * Decodes canonical RLP. Strings are views of the input, not copies.
 * @throws RlpError when the bytes end early, go on after the item, nest too deep, or encode an item in a longer form than
 * needed.
 */
export function decodeRlp(bytes: Uint8Array): RlpItem {
  const { item, end } = read(bytes, 0, bytes.length, 0);
  if (end !== bytes.length) throw new RlpError(end, `${bytes.length - end} bytes after the end of the item`);
  return item;
}

/** A number as RLP encodes it: big-endian, without leading zeros; 0 is the empty string. */
export function rlpNumber(value: number | bigint): Uint8Array {
  const digits = value.toString(16);
  if (digits === "0") return new Uint8Array();
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  return Uint8Array.from({ length: even.length / 2 }, (_, at) => Number.parseInt(even.slice(2 * at, 2 * at + 2), 16));
}

function isList(item: RlpItem): item is readonly RlpItem[] {
  return Array.isArray(item);
}

function payloadLength(item: RlpItem): number {
  return isList(item) ? item.reduce((sum, member) => sum + lengthOf(member), 0) : item.length;
}

function lengthOf(item: RlpItem): number {
  if (!isList(item) && item.length === 1 && (item[0] as number) < 0x80) return 1;
  const payload = payloadLength(item);
  return 1 + (payload < 56 ? 0 : bytesOf(payload)) + payload;
}

/** The number of bytes of a number without leading zeros. */
function bytesOf(number: number): number {
  let bytes = 1;
  for (let rest = number; rest > 0xff; rest = Math.floor(rest / 0x100)) bytes++;
  return bytes;
}

/** @returns the index after the last byte written. */
function write(to: Uint8Array, start: number, item: RlpItem): number {
  if (!isList(item) && item.length === 1 && (item[0] as number) < 0x80) {
    to[start] = item[0] as number;
    return start + 1;
  }
  const payload = payloadLength(item);
  const offset = isList(item) ? 0xc0 : 0x80;
  let next = start;
  if (payload < 56) to[next++] = offset + payload;
  else {
    const bytes = bytesOf(payload);
    to[next++] = offset + 55 + bytes;
    for (let at = bytes - 1; at >= 0; at--) to[next++] = Math.floor(payload / 0x100 ** at);
  }
  if (isList(item)) {
    for (const member of item) next = write(to, next, member);
    return next;
  }
  to.set(item, next);
  return next + item.length;
}

function read(bytes: Uint8Array, start: number, limit: number, depth: number): { item: RlpItem; end: number } {
  if (start >= limit) throw new RlpError(start, "an item is missing");
  if (depth > MAX_RLP_DEPTH) throw new RlpError(start, `lists nest deeper than ${MAX_RLP_DEPTH}`);
  const first = bytes[start] as number;
  if (first < 0x80) return { item: bytes.subarray(start, start + 1), end: start + 1 };
  const offset = first < 0xc0 ? 0x80 : 0xc0;
  const { from, end } = payloadAt(bytes, start, limit, first - offset);
  if (offset === 0x80) {
    if (end - from === 1 && (bytes[from] as number) < 0x80) throw new RlpError(start, "a low byte has a length");
    return { item: bytes.subarray(from, end), end };
  }
  const items: RlpItem[] = [];
  for (let next = from; next < end; ) {
    const member = read(bytes, next, end, depth + 1);
    items.push(member.item);
    next = member.end;
  }
  return { item: items, end };
}

/** @param code up to 55 the length of the payload; above it 55 plus the number of bytes of that length. */
function payloadAt(bytes: Uint8Array, start: number, limit: number, code: number): { from: number; end: number } {
  let from = start + 1;
  let length = code;
  if (code > 55) {
    const digits = code - 55;
    if (from + digits > limit) throw new RlpError(start, "a length ends early");
    length = 0;
    for (let at = 0; at < digits; at++) length = length * 256 + (bytes[from + at] as number);
    if (bytes[from] === 0 || length < 56) throw new RlpError(start, "a length is longer than needed");
    from += digits;
  }
  if (length > limit - from) throw new RlpError(start, `${length} bytes are announced, ${limit - from} are there`);
  return { from, end: from + length };
}
