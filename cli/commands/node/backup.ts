import { openExport } from "../../../node/operator/open-export.ts";
import { writeBackup } from "../../../node/operator/write-backup.ts";
import { expectNetwork } from "../../../node/store/meta.ts";
import { nodeFiles } from "../../files/node-files.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { interruptible } from "../../terminal/interrupt.ts";
import { progress } from "../../terminal/progress.ts";

/** `mapae backup` */
export const add: AddCommand = (program, terminal) => {
  program
    .addHelpText(
      "after",
      `
Reads the same MAPAE_* variables as the node, and runs as the same user. The file holds the whole history up to the newest
final block; mapae restore makes an index from it. Nothing in it is secret.

Example:
  $ mapae backup /backups/gov-$(date +%F).mapae`,
    )
    .action(async (path: string, _options: object, command) => {
      const call = callOf(terminal, command);
      const { network, directory } = nodeFiles(call);
      const { header, written } = await interruptible(async (signal) => {
        await using history = await openExport(directory, "history");
        expectNetwork(history.header.meta, network, "The index");
        const step = progress(terminal, call.out);
        const written = await step("Backup written", (onProgress) =>
          writeBackup({ history, path, onProgress, signal }),
        );
        return { header: history.header, written };
      });
      const { block, sum } = header;
      const { bytes, contentHash } = written;
      call.out.answer(
        { file: path, bytes, block, ...sum, contentHash },
        [
          `${path}`,
          `  network       ${network.name}`,
          `  block         ${block.number} ${block.hash}`,
          `  events        ${sum.events}, of ${sum.subjects} DIDs, types, grants and lists`,
          `  content hash  ${contentHash}`,
          `  bytes         ${bytes}`,
        ].join("\n"),
      );
    });
};
