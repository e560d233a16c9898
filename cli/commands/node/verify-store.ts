import { resolve } from "node:path";
import { openExport } from "../../../node/operator/open-export.ts";
import { verifyIndex } from "../../../node/operator/verify.ts";
import { nodeFiles } from "../../files/node-files.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { interruptible } from "../../terminal/interrupt.ts";
import { progress } from "../../terminal/progress.ts";

/** Most differences that are printed; further ones are only counted. */
const MAX_SHOWN = 20;

/** `mapae verify-store` */
export const add: AddCommand = (program, terminal) => {
  program
    .addHelpText(
      "after",
      `
Folds the history again beside the data directory, which temporarily takes as much space again, and compares every head,
state, chunk and root with what is stored; then the roots with the chain's slots at the same block, if the chain still has
them. Changes nothing. Exit code 0 when all is equal, 2 when something differs.`,
    )
    .action(async (_options: object, command) => {
      const call = callOf(terminal, command);
      const { network, directory, reader } = nodeFiles(call);
      const step = progress(terminal, call.out);
      const shown: string[] = [];
      const { header, differences, notCompared } = await interruptible(async (signal) => {
        await using content = await openExport(directory, "content");
        return await step("Index compared", (report) =>
          verifyIndex({
            content,
            directory: `${resolve(directory)}.verify.tmp`,
            network,
            reader,
            onProgress: (done, total) => {
              signal.throwIfAborted();
              report(done, total);
            },
            onDifference: (what) => void (shown.length < MAX_SHOWN && shown.push(what)),
          }),
        );
      });
      const { block, sum } = header;
      const compared = notCompared === undefined;
      if (!compared) call.out.warn(`not compared with the chain: ${notCompared}`);
      const equal = `${sum.events} events, ${sum.subjects} states and ${sum.words} chunks of statuses as of block ${block.number}: all equal.`;
      const more = differences > shown.length ? [`and ${differences - shown.length} more`] : [];
      call.out.answer(
        { block, ...sum, compared, differences, shown },
        differences === 0 ? equal : [...shown, ...more].join("\n"),
      );
      if (differences === 0) return;
      const advice =
        "stop the node and run mapae rebuild. If the disk is sound (dmesg, smartctl), report it to the maintainers";
      throw new CliError("INDEX_DIFFERS", `The index differs in ${differences} places: ${advice}`);
    });
};
