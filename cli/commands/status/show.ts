import { readIndexes } from "../../status/indexes.ts";
import { countStatuses, readList, statusIn } from "../../status/list.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { withRegistries } from "../../transaction/registries.ts";

/** `mapae status show` */
export const addStatusShow: AddCommand = (parent, terminal) => {
  parent
    .command("show <issuer> <number>")
    .description("show a status list, and the statuses of some of its credentials")
    .option("--index <indexes>", "indexes of credentials, such as 5,7,100-200")
    .option("--file <file>", "file with the indexes: on lines, or a JSON array")
    .addHelpText("after", "\nExample:\n  $ mapae status show did:mapae:local:0x… 0 --index 3,7")
    .action(async (issuer: string, number: string, options: { index?: string; file?: string }, command) => {
      const call = callOf(terminal, command);
      const asked = options.index !== undefined || options.file !== undefined;
      const wanted = asked ? await readIndexes(options) : undefined;
      await withRegistries(call, async (registries) => {
        const list = await readList(registries, issuer, number);
        const chunks = await list.snapshot.chunks(list);
        const indexes = wanted?.within(list.size) ?? [];
        const statuses = indexes.map((index) => ({ index, status: statusIn(chunks, index) }));
        const counts = countStatuses(chunks);
        const type = await list.snapshot.type(list.typeId);
        const text = [
          `list ${number} of ${issuer}`,
          `  id         ${list.list}`,
          `  type       ${type?.uri ?? list.typeId}`,
          `  size       ${list.size}${list.closed ? ", closed" : ""}`,
          `  revoked    ${counts.revoked}`,
          `  suspended  ${counts.suspended}`,
          ...statuses.map(({ index, status }) => `  ${String(index).padEnd(9)}  ${status}`),
        ];
        const { list: id, typeId, size, closed } = list;
        call.out.answer(
          { list: id, issuer, number: String(list.number), typeId, size, closed, ...counts, statuses },
          text.join("\n"),
        );
      });
    });
};
