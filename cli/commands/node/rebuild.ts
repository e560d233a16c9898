import { pino } from "pino";
import { rebuild } from "../../../node/operator/rebuild.ts";
import { systemClock } from "../../../node/runtime/clock.ts";
import { nodeFiles } from "../../files/node-files.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { interruptible } from "../../terminal/interrupt.ts";
import { progress } from "../../terminal/progress.ts";

/** `mapae rebuild` */
export const add: AddCommand = (program, terminal) => {
  program
    .addHelpText(
      "after",
      `
Reads the same MAPAE_* variables as the node. It checks first that the chain is the network's. A directory that does not
hold this network's index is not changed. After Ctrl-C, the node continues from there when it is started.`,
    )
    .action(async (_options: object, command) => {
      const call = callOf(terminal, command);
      const { network, directory, reader } = nodeFiles(call);
      const step = progress(terminal, call.out);
      // Only failures of the chain's servers are printed.
      const logger = pino({ level: "warn" }, { write: (line) => call.out.warn(JSON.parse(line).reason) });
      const { number, hash, totals } = await interruptible((signal) =>
        step("Index read from the chain", (onProgress) =>
          rebuild({ directory, network, reader, clock: systemClock, random: Math.random, logger, onProgress, signal }),
        ),
      );
      call.out.answer(
        { directory, block: { number, hash }, events: totals.events, roots: totals.roots },
        `Read ${totals.events} events up to block ${number} into ${directory}; the roots are equal to the chain's. Start the node.`,
      );
    });
};
