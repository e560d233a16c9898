import { descriptorHash } from "../../../resolver/index.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { readDescriptor } from "../../terminal/settings.ts";

/** `mapae network show` */
export const addNetworkShow: AddCommand = (parent, terminal) => {
  parent
    .command("show")
    .description("check the network descriptor in use and print it with its hash")
    .addHelpText(
      "after",
      `
The hash is what operators sign and what the next version names as its previous one. The chain is not asked: that is
mapae doctor.

Example:
  $ mapae network show --network gov.network.json`,
    )
    .action(async (_options: object, command) => {
      const { options, out } = callOf(terminal, command);
      const descriptor = await readDescriptor(terminal, options);
      const hash = descriptorHash(descriptor);
      out.answer({ hash, descriptor }, `${JSON.stringify(descriptor, null, 2)}\nhash ${hash}`);
    });
};
