import { proposalLines } from "../../governance/order.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { namedIfGiven } from "../../terminal/named.ts";
import { confirm } from "../../terminal/terminal.ts";
import { withRegistries } from "../../transaction/registries.ts";
import { writtenLines } from "../../transaction/send.ts";
import { readTerms, termsInWords } from "../../trust/describe-grant.ts";
import { describeWithdrawal } from "../../trust/withdrawal.ts";
import { parseHash } from "../../values/hash.ts";
import { parseTime } from "../../values/time.ts";

/** `mapae trust accept` */
export const addTrustAccept: AddCommand = (parent, terminal) => {
  parent
    .command("accept <grant>")
    .description("accept a grant to your DID, which makes it effective")
    .option("--yes", "don't ask for confirmation")
    .addHelpText(
      "after",
      `
Shows the grant first, with its name, its validity and the grants above it up to the root, and asks: anybody with a right to grant
can grant to your DID. mapae trust show <did> lists the grants that are pending.

Example:
  $ mapae trust accept 0x…`,
    )
    .action(async (grant: string, { yes }: { yes?: true }, command) => {
      const call = callOf(terminal, command);
      const grantId = parseHash(grant, "A grant's id");
      await withRegistries(call, async (registries) => {
        const chain = await readTerms(registries.network, grantId);
        const terms = termsInWords(chain);
        if (!yes) await confirm(terminal, `${terms}\nAccept it?`);
        const written = await registries.write(registries.trust, "accept", [grantId]);
        call.out.answer({ grantId, chain, ...written }, `${terms}\n  accepted\n${writtenLines(written)}`);
      });
    });
};

/** The registry's `withdraw` takes this time as that of its block. */
const NOW = 0;

/** `mapae trust withdraw` */
export const addTrustWithdraw: AddCommand = (parent, terminal) => {
  parent
    .command("withdraw <grant>")
    .description("end a grant: your own, one below yours, or as the council any grant")
    .option(
      "--from <time>",
      "the first second at which the grant no longer holds, such as 2026-11-01T00:00:00Z (default: now)",
    )
    .option("--as-council", "act as the council, which can withdraw any grant, also as of a past date")
    .addHelpText(
      "after",
      `
A credential that was issued before that time stays valid, one that was issued later is not accredited. So with a future date the
issuer continues until then. A past date also takes back what was issued and granted below since then, and needs a grant above, or
--as-council. The end can only be moved to an earlier time. To make single credentials invalid, revoke them: mapae status revoke.

Example:
  $ mapae trust withdraw 0x… --from 2026-11-01T00:00:00Z`,
    )
    .action(async (grant: string, { from, asCouncil }: { from?: string; asCouncil?: true }, command) => {
      const call = callOf(terminal, command);
      const grantId = parseHash(grant, "A grant's id");
      const time = namedIfGiven("--from", from, parseTime) ?? NOW;
      if (from !== undefined && time === NOW) {
        throw new CliError(
          "INVALID_INPUT",
          `--from: The registry reads ${from}, second 0, as now: give a later moment, such as the start of the grant, which mapae trust show prints`,
        );
      }
      await withRegistries(call, async ({ trust, write, council, newest }) => {
        const means = describeWithdrawal(from === undefined ? undefined : time, newest.time);
        call.out.note(means);
        const args = [grantId, time];
        const done = asCouncil ? await council("withdraw", args) : await write(trust, "withdraw", args);
        const when = from ?? "now";
        const lines =
          "proposal" in done
            ? `  Have the council send:\n${proposalLines(done.proposal).join("\n")}`
            : writtenLines(done);
        const text = `grant ${grantId} ends at ${when}\n  ${means}\n${lines}`;
        call.out.answer({ grantId, from: from ?? null, means, ...done }, text);
      });
    });
};
