import type { EventLog } from "ethers";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { withRegistries } from "../../transaction/contract-call.ts";
import { typeIdOf } from "../../trust/type-id.ts";

/** `mapae type show` */
export const addTypeShow: AddCommand = (parent, terminal) => {
  parent
    .command("show [type]")
    .description("show the credential types of the network, or one by its URI or id")
    .addHelpText("after", "\nExample:\n  $ mapae type show https://types.example/official-id/v1")
    .action(async (which: string | undefined, _options: object, command) => {
      const call = callOf(terminal, command);
      await withRegistries(call, async ({ trust, deployment }) => {
        const wanted = which === undefined ? undefined : typeIdOf(which);
        const found = await trust.queryFilter(trust.getEvent("TypeAdded")(wanted), deployment.fromBlock);
        const types = (found as EventLog[]).map(({ args, blockNumber }) => {
          const { typeId, uri, schemaUri, schemaHash } = args.toObject();
          return { typeId, uri, schemaUri, schemaHash, block: blockNumber };
        });
        if (which !== undefined && types.length === 0) {
          throw new CliError("NOT_FOUND", `There is no credential type ${which}`);
        }
        const text = types.map(
          ({ typeId, uri, schemaUri, schemaHash, block }) =>
            `${uri}\n  type    ${typeId}\n  schema  ${schemaUri}\n  hash    ${schemaHash}\n  block   ${block}`,
        );
        call.out.answer(which === undefined ? types : types[0], text.join("\n") || "No credential type was added yet");
      });
    });
};
