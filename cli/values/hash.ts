import type { Hash } from "../../resolver/index.ts";
import { CliError } from "../terminal/errors.ts";

/**
 * Parses 32 bytes in hex, such as a grant's id.
 * @param what names it in the error, such as "A grant's id".
 * @throws CliError `INVALID_INPUT`
 */
export function parseHash(text: string, what: string): Hash {
  if (/^0x[0-9a-fA-F]{64}$/.test(text)) return text.toLowerCase() as Hash;
  throw new CliError("INVALID_INPUT", `${what} is 0x and 64 hex digits, got ${JSON.stringify(text.slice(0, 80))}`);
}
