import { type AddCommand, callOf } from "../../terminal/call.ts";
import { parseHash, parseTime, withRegistries } from "../../transaction/contract-call.ts";
import { writtenLines } from "../../transaction/send.ts";

/** `mapae trust accept` */
export const addTrustAccept: AddCommand = (parent, terminal) => {
  parent
    .command("accept <grant>")
    .description("accept a grant to your DID, which makes it count")
    .addHelpText(
      "after",
      "\nmapae trust show <did> lists the grants that are pending.\n\nExample:\n  $ mapae trust accept 0x…",
    )
    .action(async (grant: string, _options: object, command) => {
      const call = callOf(terminal, command);
      const grantId = parseHash(grant, "A grant's id");
      await withRegistries(call, async ({ trust, write }) => {
        const written = await write(trust, "accept", [grantId]);
        const text = `grant ${grantId} is accepted\n${writtenLines(written)}`;
        call.out.answer({ grantId, ...written }, text);
      });
    });
};

/** `mapae trust withdraw` */
export const addTrustWithdraw: AddCommand = (parent, terminal) => {
  parent
    .command("withdraw <grant>")
    .description("end a grant: your own, one below yours, or as the council any")
    .option(
      "--from <time>",
      "the first second at which it no longer holds, such as 2026-11-01T00:00:00Z (default: now)",
    )
    .addHelpText(
      "after",
      `
A date that is past needs a grant above, or the council: what was issued since then is no longer accredited. It acts at
once, and can only be moved to an earlier time. What was granted below since that date is void.

Example:
  $ mapae trust withdraw 0x… --from 2026-11-01T00:00:00Z`,
    )
    .action(async (grant: string, { from }: { from?: string }, command) => {
      const call = callOf(terminal, command);
      const grantId = parseHash(grant, "A grant's id");
      const time = from === undefined ? 0 : parseTime(from);
      await withRegistries(call, async ({ trust, write }) => {
        const written = await write(trust, "withdraw", [grantId, time]);
        const when = from ?? "now";
        const text = `grant ${grantId} ends at ${when}\n${writtenLines(written)}`;
        call.out.answer({ grantId, from: from ?? null, ...written }, text);
      });
    });
};
