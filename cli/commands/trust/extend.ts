import { dateTime } from "../../../resolver/index.ts";
import { describeGoverned, type OrderOptions, orderOf, orderOptions } from "../../governance/order.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { named } from "../../terminal/named.ts";
import { withRegistries } from "../../transaction/registries.ts";
import { writtenLines } from "../../transaction/send.ts";
import { parseHash } from "../../values/hash.ts";
import { parseTime } from "../../values/time.ts";

/** `mapae trust extend` */
export const addTrustExtend: AddCommand = (parent, terminal) => {
  orderOptions(parent.command("extend <grant>"))
    .description("move the end of a grant below yours to a later time; as governance, that of a root")
    .requiredOption("--not-after <time>", "the new end, such as 2031-01-01T00:00:00Z, within the parent's")
    .addHelpText(
      "after",
      `
The grant has to hold: one that is over or withdrawn needs a new grant. What was granted below it stays as it is. Of a root, as
mapae trust root: the council proposes it, the same command executes it after the delay; --salt and --after are for that.

Example:
  $ mapae trust extend 0x… --not-after 2031-01-01`,
    )
    .action(async (grant: string, { notAfter, ...order }: OrderOptions & { notAfter: string }, command) => {
      const call = callOf(terminal, command);
      const args = [parseHash(grant, "A grant's id"), named("--not-after", () => parseTime(notAfter))] as const;
      const operation = orderOf(order);
      await withRegistries(call, async ({ trust, write, govern }) => {
        const [grantId, end] = args;
        const { depth }: { depth: bigint } = await trust.getFunction("grantOf")(grantId);
        if (depth === 0n) throw new CliError("INVALID_INPUT", `There is no grant ${grantId}`);
        const what = `grant ${grantId} ends at ${dateTime(end)}`;
        if (depth === 1n) {
          const governed = await govern(trust, "extend", args, { order: operation });
          return call.out.answer({ grantId, notAfter: end, ...governed }, describeGoverned(what, governed));
        }
        if (order.salt !== undefined || order.after !== undefined) {
          throw new CliError("USAGE", `Grant ${grantId} is no root and no proposal: leave --salt and --after out`);
        }
        const written = await write(trust, "extend", args);
        return call.out.answer({ grantId, notAfter: end, ...written }, `${what}\n${writtenLines(written)}`);
      });
    });
};
