import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { computeAddress, encryptKeystoreJson } from "ethers";
import { writeWhole } from "../../files/files.ts";
import type { SeededDid } from "./seed.ts";

/** scrypt's cost: low, because these keys are public; `mapae key new` uses the default of ethers. */
const COST = { N: 1_024 };

/** The path of an account's keystore. */
export function keystoreFile(folder: string, did: string): string {
  return join(folder, `${did.slice(did.lastIndexOf(":") + 1)}.json`);
}

/**
 * Writes the key of each DID's owner as a keystore, so that commands can be tried with a file, as in production.
 * @param passwordFile the password of all of them.
 */
export async function makeKeystores(
  dids: readonly Pick<SeededDid, "did" | "ownerKey">[],
  folder: string,
  passwordFile: string,
): Promise<void> {
  const password = (await readFile(passwordFile, "utf8")).trim();
  for (const { did, ownerKey } of dids) {
    if (ownerKey === undefined) continue;
    const json = await encryptKeystoreJson({ address: computeAddress(ownerKey), privateKey: ownerKey }, password, {
      scrypt: COST,
    });
    await writeWhole(keystoreFile(folder, did), `${json}\n`, 0o600);
  }
}
