import { type AddCommand, callOf } from "../../terminal/call.ts";
import { readSigner } from "../../transaction/signer.ts";

/** `mapae key show` */
export const addKeyShow: AddCommand = (parent, terminal) => {
  parent
    .command("show")
    .description("show the address of the account that signs")
    .addHelpText(
      "after",
      `
It is that of --keystore or MAPAE_KEYSTORE, of the key in a hardware module that MAPAE_ACCOUNT_PKCS11 names, or of MAPAE_PRIVATE_KEY.

Example:
  $ MAPAE_ACCOUNT_PKCS11=member mapae key show`,
    )
    .action(async (_options: object, command) => {
      const { options, out } = callOf(terminal, command);
      const { address } = await readSigner(terminal, options);
      out.answer({ address }, address);
    });
};
