import { CliError } from "../terminal/errors.ts";

/**
 * Parses a whole number in decimal digits.
 * @param what names it in the error, such as "A port".
 * @throws CliError `INVALID_INPUT`
 */
export function parseWhole(text: string, what: string, min: number, max: number): number {
  const number = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  const got = JSON.stringify(text.slice(0, 40));
  throw new CliError("INVALID_INPUT", `${what} is a whole number from ${min} to ${max}; got ${got}`);
}

/** Parses the number of a block: see {@link parseWhole}. */
export function parseBlock(text: string): number {
  return parseWhole(text, "A block", 0, Number.MAX_SAFE_INTEGER);
}
