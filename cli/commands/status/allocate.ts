import { join } from "node:path";
import { IndexAllocator, MAX_AT_ONCE } from "../../../node/issuing/index-allocator.ts";
import { listUri } from "../../../resolver/index.ts";
import { readList } from "../../status/list.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { named } from "../../terminal/named.ts";
import { localFolder } from "../../terminal/settings.ts";
import { withRegistries } from "../../transaction/registries.ts";
import { parseWhole } from "../../values/whole.ts";

interface Options {
  readonly count: string;
  readonly folder?: string;
}

/** `mapae status allocate` */
export const addStatusAllocate: AddCommand = (parent, terminal) => {
  parent
    .command("allocate <issuer> <numbers...>")
    .description("give out random indexes of status lists for new credentials, each once")
    .option("--count <credentials>", "number of credentials", "1")
    .option(
      "--folder <folder>",
      "where the indexes that were given out are recorded (default: allocations in the local network's folder)",
    )
    .addHelpText(
      "after",
      `
Numbers are those of the issuer's lists, in the order in which they are to be filled: a list is filled before the next is
used, since credentials that share a list can't be told apart by it. Keep the folder, and give out all indexes of a list
from the same one: without it an index could be given out twice. Each line is what a credential needs: the list's URI and
the index.

Example:
  $ mapae status allocate did:mapae:gov-…:0x… 0 1 --count 3 --folder /var/lib/issuer/allocations`,
    )
    .action(async (issuer: string, numbers: string[], { count, folder }: Options, command) => {
      const call = callOf(terminal, command);
      const wanted = named("--count", () => parseWhole(count, "A number of credentials", 1, MAX_AT_ONCE));
      if (new Set(numbers).size !== numbers.length) throw new CliError("INVALID_INPUT", "A list is named twice");
      await withRegistries(call, async (registries) => {
        const { descriptor } = registries.network;
        if (folder === undefined && descriptor.name !== "local") {
          throw new CliError(
            "USAGE",
            "Name the folder that records the indexes that were given out: --folder <folder>",
          );
        }
        const lists = await Promise.all(
          numbers.map(async (number) => {
            const list = await readList(registries, issuer, number);
            if (list.closed) throw new CliError("REFUSED", `List ${number} of ${issuer} is closed for new credentials`);
            const uri = listUri(list);
            if (uri === undefined)
              throw new CliError("REFUSED", `List ${number} of ${issuer} has a base URI that is no text`);
            return { ...list, uri };
          }),
        );
        const directory = folder ?? join(localFolder(terminal.env), "allocations");
        const allocator = await named(`--folder ${directory}`, () =>
          IndexAllocator.open(directory, descriptor.genesisHash),
        );
        try {
          const given = (await allocator.allocate(lists, wanted)).map(({ list, index }) => ({
            uri: lists.find((one) => one.list === list)?.uri ?? "",
            index,
          }));
          call.out.answer(given, given.map(({ uri, index }) => `${uri} ${index}`).join("\n"));
        } finally {
          await allocator.close();
        }
      });
    });
};
