import { existsSync } from "node:fs";
import { Wallet } from "ethers";
import { alreadyExists, writeNewKey } from "../../files/files.ts";
import { newPassword } from "../../files/password.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";

/** `mapae key new` */
export const addKeyNew: AddCommand = (parent, terminal) => {
  parent
    .command("new <file>")
    .description("make a new account: its private key goes into an encrypted keystore file")
    .addHelpText(
      "after",
      `
The password is asked for, or taken from MAPAE_KEYSTORE_PASSWORD_FILE or MAPAE_KEYSTORE_PASSWORD. Without it the key is
lost, and with the key the DID. An existing file is never overwritten.

Example:
  $ mapae key new agency.json`,
    )
    .action(async (file: string, _options: object, command) => {
      const { out } = callOf(terminal, command);
      if (existsSync(file)) throw alreadyExists(file);
      const password = await newPassword(terminal, "keystore", file);
      const wallet = Wallet.createRandom();
      await writeNewKey(file, `${await new Wallet(wallet.privateKey).encrypt(password)}\n`);
      out.answer({ address: wallet.address, keystore: file }, `${wallet.address}\n  keystore  ${file}`);
    });
};
