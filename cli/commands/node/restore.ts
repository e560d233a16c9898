import { restore } from "../../../node/operator/restore.ts";
import { nodeFiles } from "../../files/node-files.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { interruptible } from "../../terminal/interrupt.ts";
import { progress } from "../../terminal/progress.ts";

/** `mapae restore` */
export const add: AddCommand = (program, terminal) => {
  program
    .addHelpText(
      "after",
      `
Nothing in the file is trusted: its digest is compared, every head, state and root is folded from its events, its block is
looked up on the chain, and the node that starts on it serves nothing before the roots are equal to the chain's.

Example:
  $ MAPAE_DATA_DIR=/var/lib/mapae/index mapae restore /backups/gov-2027-01-31.mapae --network gov.network.json`,
    )
    .action(async (path: string, _options: object, command) => {
      const call = callOf(terminal, command);
      const { network, directory, reader } = nodeFiles(call);
      const step = progress(terminal, call.out);
      const { header, notCompared } = await interruptible((signal) =>
        step("Index restored", (onProgress) => restore({ path, directory, network, reader, onProgress, signal })),
      );
      const { block, sum } = header;
      if (notCompared !== undefined) {
        call.out.warn(
          `the backup's block was not looked up on the chain: ${notCompared}. The node does that when it starts`,
        );
      }
      call.out.answer(
        { directory, block, ...sum, compared: notCompared === undefined },
        `Restored ${sum.events} events up to block ${block.number} into ${directory}. Start the node: it continues from there.`,
      );
    });
};
