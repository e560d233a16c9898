import type { Hex } from "../../../resolver/index.ts";
import { callInWords } from "../../governance/coming.ts";
import { proposalLines } from "../../governance/order.ts";
import { councilCall } from "../../governance/propose.ts";
import { readEvents } from "../../governance/read-events.ts";
import { OPERATION_TOPICS, readOperations } from "../../governance/read-operations.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { INTERFACES } from "../../transaction/interfaces.ts";
import { withRegistries } from "../../transaction/registries.ts";
import { parseHash } from "../../values/hash.ts";
import { moment } from "../../values/time.ts";

/** `mapae council cancel` */
export const addCouncilCancel: AddCommand = (parent, terminal) => {
  parent
    .command("cancel <operation>")
    .description("propose to cancel an operation that waits in a timelock")
    .option("--as-council", "let the council cancel it (default: the guardian)")
    .addHelpText(
      "after",
      `
Shows what the operation would do, and gives the transaction that the guardian has to send. mapae network roles lists the operations that wait.

Example:
  $ mapae council cancel 0x… --json > cancel.json
  $ mapae council sign cancel.json --safe <the guardian's> --keystore member.json`,
    )
    .action(async (text: string, { asCouncil }: { asCouncil?: true }, command) => {
      const call = callOf(terminal, command);
      const wanted = parseHash(text, "An operation's id");
      await withRegistries(call, async ({ network: { reader }, deployment, provider, newest: { number: toBlock } }) => {
        const { timelock, recovery, seat } = deployment;
        const addresses = [timelock.address, recovery.address];
        const logs = await readEvents({ reader, addresses, topics: OPERATION_TOPICS, toBlock });
        const waiting = [];
        for (const address of addresses) waiting.push(...(await readOperations(provider, address, logs, toBlock)));
        const operation = waiting.find((one) => one.operation === wanted);
        if (operation === undefined)
          throw new CliError(
            "NOT_FOUND",
            `No operation ${wanted} waits: it was executed, cancelled or never scheduled`,
          );
        const data = INTERFACES.timelock.encodeFunctionData("cancel", [wanted]) as Hex;
        const to = operation.timelock;
        const proposal = asCouncil ? councilCall(seat.address, to, data) : { to, data };
        const calls = operation.calls.map((one) => callInWords(one, deployment));
        const { readyAt } = operation;
        call.out.answer(
          { operation: wanted, readyAt, calls, proposal },
          [
            `operation ${wanted}, to be executed from ${moment(readyAt)}`,
            ...calls.map((one) => `  ${one}`),
            `  The ${asCouncil ? "council" : "guardian"} cancels it by sending this:`,
            ...proposalLines(proposal),
          ].join("\n"),
        );
      });
    });
};
