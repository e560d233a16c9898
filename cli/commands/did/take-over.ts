import { parseDid } from "../../../resolver/index.ts";
import { signTakeOver } from "../../did/take-over.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { readSigner } from "../../transaction/signer.ts";

/** `mapae did take-over` */
export const addDidTakeOver: AddCommand = (parent, terminal) => {
  parent
    .command("take-over <did>")
    .description("sign that your account takes over a DID, for mapae did set-owner --signature")
    .addHelpText(
      "after",
      `
The present owner gives the signature to mapae did set-owner: it proves that the new owner has its key before the DID is
handed over. Nothing is sent, and the signature has no power by itself.

Example:
  $ mapae did take-over did:mapae:local:0x… --keystore next.json`,
    )
    .action(async (text: string, _options: object, command) => {
      const { options, out } = callOf(terminal, command);
      const { did } = parseDid(text);
      const signer = await readSigner(terminal, options);
      const signature = await signTakeOver(signer, did);
      out.answer({ did, owner: signer.address.toLowerCase(), signature }, signature);
    });
};
