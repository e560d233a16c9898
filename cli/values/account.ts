import { getAddress, isAddress } from "ethers";
import type { Address } from "../../resolver/index.ts";
import { CliError } from "../terminal/errors.ts";

/**
 * Parses an account's address from the command line.
 * @throws CliError `INVALID_INPUT` for another text, or a wrong EIP-55 checksum, which is a typing error.
 */
export function parseAccount(text: string): Address {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) {
    throw new CliError("INVALID_INPUT", `An address is 0x and 40 hex digits, got ${JSON.stringify(text.slice(0, 80))}`);
  }
  const isSpelledRight: boolean = isAddress(text);
  if (!isSpelledRight) {
    const right = getAddress(text.toLowerCase());
    throw new CliError(
      "INVALID_INPUT",
      `${text} has a wrong EIP-55 checksum: compare its digits; if all are right, write ${right}`,
    );
  }
  return text.toLowerCase() as Address;
}
