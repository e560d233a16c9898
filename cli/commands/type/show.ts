import { type CredentialType, chainSnapshot } from "../../../resolver/index.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { linesOf } from "../../terminal/printable.ts";
import { openNetwork } from "../../terminal/settings.ts";
import { typeIdOf } from "../../trust/terms.ts";

/** `mapae type show` */
export const addTypeShow: AddCommand = (parent, terminal) => {
  parent
    .command("show [type]")
    .description("show the credential types of the network, or one by its URI or id")
    .addHelpText("after", "\nExample:\n  $ mapae type show https://types.example/official-id/v1")
    .action(async (which: string | undefined, _options: object, command) => {
      const call = callOf(terminal, command);
      const { reader, descriptor } = await openNetwork(terminal, call.options);
      const snapshot = await chainSnapshot(reader, descriptor);
      const ids = which === undefined ? await snapshot.types() : [typeIdOf(which)];
      const found = (await Promise.all(ids.map((id) => snapshot.type(id)))).filter((one) => one !== undefined);
      if (which !== undefined && found.length === 0) {
        throw new CliError("NOT_FOUND", `There is no credential type ${which}`);
      }
      const types = found.map(shown);
      const text = types.map(({ typeId, uri, schemaUri, schemaHash, block }) =>
        linesOf([
          uri,
          `  type    ${typeId}`,
          `  schema  ${schemaUri}`,
          `  hash    ${schemaHash}`,
          `  block   ${block}`,
        ]),
      );
      call.out.answer(which === undefined ? types : types[0], text.join("\n") || "No credential type was added yet");
    });
};

function shown({ typeId, uri, schemaUri, schemaHash, added, head }: CredentialType) {
  return { typeId, uri, schemaUri, schemaHash, block: added.block, head };
}
