import type { Hex } from "../../../resolver/index.ts";
import { bodyOf } from "../../council/open-transaction.ts";
import { SAFE_MEMBERS, SENTINEL } from "../../council/safe-contracts.ts";
import { proposalLines } from "../../governance/order.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { namedIfGiven } from "../../terminal/named.ts";
import { withRegistries } from "../../transaction/registries.ts";
import { parseAccount } from "../../values/account.ts";

/** `mapae council replace-key` */
export const addCouncilReplaceKey: AddCommand = (parent, terminal) => {
  parent
    .command("replace-key <lost> <new>")
    .description("propose another account for a member whose key is lost or known to others")
    .option("--safe <account>", "the Safe of the member's body, such as the guardian's (default: the council's)")
    .addHelpText(
      "after",
      `
The other members sign it, as many as for every transaction: it takes effect when it is executed. Signatures of the old key on transactions
that were not sent until then no longer count.

Example:
  $ mapae council replace-key 0x… 0x… --json > key.json
  $ mapae council sign key.json --keystore member.json`,
    )
    .action(async (lost: string, successor: string, { safe }: { safe?: string }, command) => {
      const call = callOf(terminal, command);
      const [old, next] = [parseAccount(lost), parseAccount(successor)];
      const wanted = namedIfGiven("--safe", safe, parseAccount);
      await withRegistries(call, async (registries) => {
        const body = await bodyOf(registries, wanted);
        const at = body.owners.indexOf(old);
        const members = `the members of ${body.address} are ${body.owners.join(", ")}`;
        if (at < 0) throw new CliError("INVALID_INPUT", `${old} is no member: ${members}`);
        if (body.owners.includes(next)) throw new CliError("INVALID_INPUT", `${next} is a member already: ${members}`);
        const args = [body.owners[at - 1] ?? SENTINEL, old, next];
        const proposal = { to: body.address, data: SAFE_MEMBERS.encodeFunctionData("swapOwner", args) as Hex };
        const lines = [`${next} in place of ${old}, of the Safe ${body.address}`, ...proposalLines(proposal)];
        call.out.answer({ safe: body.address, proposal }, lines.join("\n"));
      });
    });
};
