import { ChainDataError } from "../../errors.ts";
import type { Hash, Hex } from "../../primitives/hex.ts";

// Parsers of the values in a chain's JSON-RPC answers. The format of no value is trusted.

/** @throws ChainDataError */
export function object(input: unknown, what: string): Record<string, unknown> {
  if (typeof input !== "object" || input === null || Array.isArray(input)) throw wrong(what, input, "an object");
  return input as Record<string, unknown>;
}

/** @throws ChainDataError */
export function quantity(input: unknown, what: string): number {
  const number = typeof input === "string" && /^0x[0-9a-fA-F]{1,16}$/.test(input) ? Number(input) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw wrong(what, input, "a quantity below 2^53 in hex");
  return number;
}

/** @throws ChainDataError */
export function hex(input: unknown, what: string, oddAllowed = false): Hex {
  // Most servers write lower case, which needs no copy: a node reads megabytes of it.
  if (typeof input !== "string") throw wrong(what, input, "bytes in hex");
  const isSmall = /^0x[0-9a-f]*$/.test(input);
  if (!(isSmall || /^0x[0-9a-fA-F]*$/.test(input)) || (!oddAllowed && input.length % 2 === 1)) {
    throw wrong(what, input, "bytes in hex");
  }
  return (isSmall ? input : input.toLowerCase()) as Hex;
}

/** @throws ChainDataError */
export function hash(input: unknown, what: string): Hash {
  return lower(input, 64, what);
}

/** @throws ChainDataError */
export function lower(input: unknown, digits: number, what: string): Hex {
  const value = hex(input, what);
  if (value.length !== 2 + digits) throw wrong(what, input, `0x and ${digits} hex digits`);
  return value;
}

export function hexQuantity(number: number): string {
  return `0x${number.toString(16)}`;
}

export function wrong(what: string, got: unknown, wanted: string): ChainDataError {
  return new ChainDataError(`The chain gave ${what} as ${summarize(got)}, wanted ${wanted}`);
}

/** The beginning of a value, on one line. A list or object is not shown: it may be nested too deep for the stack. */
export function summarize(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  return String(JSON.stringify(value)).slice(0, 100);
}
