import { CliError } from "../terminal/errors.ts";

/**
 * Parses the number of a status list, which the registry has as 256 bits.
 * @throws CliError `INVALID_INPUT`
 */
export function parseListNumber(text: string): bigint {
  const number = /^(?:0|[1-9][0-9]{0,77})$/.test(text) ? BigInt(text) : 2n ** 256n;
  if (number < 2n ** 256n) return number;
  const got = JSON.stringify(text.slice(0, 80));
  throw new CliError(
    "INVALID_INPUT",
    `A list's number is in decimal digits, without leading zeros, and below 2^256; got ${got}`,
  );
}
