import { base64url } from "../primitives/base64url.ts";
import { inflate } from "./inflate.ts";
import { StatusListError } from "./status-list-error.ts";

/** Bits of one status, as the Token Status List allows them. */
export type StatusBits = 1 | 2 | 4 | 8;

/** A whole status list, so that nobody learns which index is looked up in it. */
export interface StatusList {
  readonly bits: StatusBits;
  /**
   * Which bits of a byte hold its first status: the least significant ones in IETF lists, the most significant one in W3C
   * lists.
   */
  readonly first: "least" | "most";
  /** Number of statuses. */
  readonly size: number;
  readonly bytes: Uint8Array;
}

/** Longest list, in characters of base64url or bytes of CBOR. */
export const MAX_TOKEN_LENGTH = 8_388_608;

/**
 * Reads an IETF Token Status List: `lst` is base64url in a JWT, bytes in a CWT.
 *
 * @param size number of statuses that the list has: of the chain, never of who served it.
 * @throws StatusListError `STATUS_LIST_MALFORMED`, `STATUS_LIST_SIZE`
 */
export async function readTokenList(bits: unknown, lst: unknown, size: number): Promise<StatusList> {
  if (bits !== 1 && bits !== 2 && bits !== 4 && bits !== 8) {
    throw malformed(`Got ${JSON.stringify(bits)?.slice(0, 20)} bits for each status, wanted 1, 2, 4 or 8`);
  }
  const compressed = typeof lst === "string" ? fromBase64url(lst) : lst;
  if (!(compressed instanceof Uint8Array)) throw malformed("The token has no list");
  const bytes = await inflate(compressed, "deflate", Math.ceil((size * bits) / 8));
  return { bits, first: "least", size, bytes };
}

/**
 * Reads the `encodedList` of a W3C Bitstring Status List: `u` (multibase, base64url without padding), then gzip.
 *
 * @param size number of statuses that the list has: of the chain, never of who served it.
 * @throws StatusListError `STATUS_LIST_MALFORMED`, `STATUS_LIST_SIZE`
 */
export async function readBitstring(encodedList: unknown, size: number): Promise<StatusList> {
  if (typeof encodedList !== "string" || !encodedList.startsWith("u")) {
    throw malformed("The credential has no encodedList in multibase base64url");
  }
  const bytes = await inflate(fromBase64url(encodedList.slice(1)), "gzip", Math.ceil(size / 8));
  return { bits: 1, first: "most", size, bytes };
}

/**
 * The status at an index, counted from 0.
 * @throws StatusListError `STATUS_LIST_INDEX`
 *
 * @example
 * ```ts
 * import { INVALID, statusAt } from "mapae";
 * const list = { bits: 2, first: "least", size: 8, bytes: Uint8Array.of(0b00_00_01_00, 0) } as const;
 * console.log(statusAt(list, 1) === INVALID, statusAt(list, 2)); // true 0
 * ```
 */
export function statusAt({ bits, first, size, bytes }: StatusList, index: number): number {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new StatusListError("STATUS_LIST_INDEX", `Got index ${index}, wanted a whole number from 0 to ${size - 1}`);
  }
  const perByte = 8 / bits;
  const place = index % perByte;
  const shift = bits * (first === "least" ? place : perByte - 1 - place);
  return ((bytes[Math.floor(index / perByte)] as number) >> shift) & (2 ** bits - 1);
}

function fromBase64url(text: string): Uint8Array {
  if (text.length > MAX_TOKEN_LENGTH) throw malformed(`The list is longer than ${MAX_TOKEN_LENGTH} characters`);
  try {
    return base64url.decode(text);
  } catch (cause) {
    throw new StatusListError("STATUS_LIST_MALFORMED", "The list is no base64url without padding", { cause });
  }
}

function malformed(message: string): StatusListError {
  return new StatusListError("STATUS_LIST_MALFORMED", message);
}
