import { existsSync } from "node:fs";
import { join } from "node:path";
import { computeAddress, encryptKeystoreJsonSync } from "ethers";
import { writeWhole } from "../../files/files.ts";
import { keyIn } from "../validator-key.ts";

/**
 * Writes a validator's key in the formats that geth reads, each readable by its owner only: `nodekey` for peers, and
 * `keystore/` with `password` for sealing. The password is empty: stored next to the keystore, it would protect no better than
 * the files' mode.
 *
 * @param folder with the key in `validator.key`.
 * @returns the files' names.
 */
export async function writeGethKeys(folder: string): Promise<readonly string[]> {
  const privateKey = await keyIn(join(folder, "validator.key"));
  const address = computeAddress(privateKey);
  const keystore = `keystore/${address.toLowerCase()}.json`;
  const write = (name: string, text: string) => writeWhole(join(folder, name), text, 0o600);
  await write("nodekey", privateKey.slice(2));
  await write("password", "\n");
  // Encrypting it again would produce other bytes.
  if (!existsSync(join(folder, keystore))) {
    const cheap = { scrypt: { N: 4_096, r: 8, p: 1 } };
    await write(keystore, encryptKeystoreJsonSync({ address, privateKey }, "", cheap));
  }
  return ["nodekey", "password", keystore];
}
