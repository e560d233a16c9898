import { existsSync } from "node:fs";
import { Wallet } from "ethers";
import { alreadyExists, writeNewKey } from "../../files/files.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { keystorePassword } from "../../transaction/signer.ts";

/** Shortest password of a new keystore, in characters. */
const MIN_PASSWORD_LENGTH = 8;

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
      const password = await keystorePassword(terminal, `New password for ${file}: `);
      if (password.length < MIN_PASSWORD_LENGTH) {
        throw new CliError("INVALID_INPUT", `A password has at least ${MIN_PASSWORD_LENGTH} characters`);
      }
      const wallet = Wallet.createRandom();
      await writeNewKey(file, `${await new Wallet(wallet.privateKey).encrypt(password)}\n`);
      out.answer({ address: wallet.address, keystore: file }, `${wallet.address}\n  keystore  ${file}`);
    });
};
