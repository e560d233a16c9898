import { existsSync } from "node:fs";
import { computeAddress, hexlify, randomBytes, SigningKey } from "ethers";
import type { Address, Hex } from "../../resolver/primitives/hex.ts";
import { readSecret, writeNewKey } from "../files/files.ts";
import { CliError } from "../terminal/errors.ts";
import type { KnownMember } from "./consortium.ts";
import { inUrl } from "./ports.ts";

/** Bytes of a key file: 0x, 64 digits and a line end. */
const MAX_KEY_BYTES = 100;

/**
 * The public key of a validator whose private half is in a file, which is created when missing. The private half is never
 * printed or written to another file.
 *
 * @returns the uncompressed point without its first byte, as in an enode URL.
 * @throws CliError `INVALID_INPUT` for a file without a key, or one that other users can read.
 */
export async function validatorKey(path: string): Promise<{ readonly publicKey: Hex; readonly made: boolean }> {
  if (existsSync(path)) return { publicKey: publicKeyOf(await keyIn(path)), made: false };
  const key = hexlify(randomBytes(32));
  await writeNewKey(path, `${key}\n`);
  return { publicKey: publicKeyOf(key), made: true };
}

/** The account of a validator's seals: the last 20 bytes of its public key's hash. */
export function validatorAddress(validator: string): Address {
  return computeAddress(`0x04${validator.slice(2)}`).toLowerCase() as Address;
}

/** The enode URL by which other validators connect to one. */
export function enodeOf({ validator, host, port }: KnownMember): string {
  return `enode://${validator.slice(2)}@${inUrl(host)}:${port}`;
}

/**
 * The private half of a validator's key: 0x and 64 lower-case hex digits.
 * @throws CliError `INVALID_INPUT` for a file without a key, or one that other users can read.
 */
export async function keyIn(path: string): Promise<string> {
  const text = (await readSecret({ path, what: "validator's key", maxBytes: MAX_KEY_BYTES })).trim();
  if (/^0x[0-9a-f]{64}$/.test(text)) return text;
  // The file may contain a key in another format, so its contents are not printed.
  throw new CliError("INVALID_INPUT", `${path} holds no key: wanted 0x and 64 lower-case hex digits`);
}

function publicKeyOf(key: string): Hex {
  try {
    return `0x${new SigningKey(key).publicKey.slice(4)}`;
  } catch {
    throw new CliError("INVALID_INPUT", "The validator's key is no number below the order of secp256k1");
  }
}
