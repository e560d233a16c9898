import { describeGoverned, type OrderOptions, orderOf, orderOptions } from "../../governance/order.ts";
import { holderOf } from "../../governance/propose.ts";
import { expectCouncil, expectManyKeys } from "../../governance/read-governance.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { withRegistries } from "../../transaction/registries.ts";
import { parseAccount } from "../../values/account.ts";

interface Options extends OrderOptions {
  readonly recovery?: true;
}

/** `mapae council replace` */
export const addCouncilReplace: AddCommand = (parent, terminal) => {
  orderOptions(parent.command("replace <account>"))
    .description("seat another council: by the council itself, or by the guardian when the council's keys are lost")
    .option("--recovery", "through the recovery timelock: the guardian proposes, and it takes 60 days")
    .addHelpText(
      "after",
      `
The account, a contract of m of n keys and not the guardian, gets every power of the council; its predecessor keeps none. Without --recovery the
council proposes it to the timelock and the guardian can cancel. With it the guardian proposes it to the recovery timelock, and
a council that still has its keys can cancel it within 60 days. The same command executes it after the delay, from any account.
From an account that may not propose, it prints the transaction that the proposer has to send.

Afterwards name the new council in the governance file: mapae network roles --governance council.json

Example:
  $ mapae council replace 0x… --recovery`,
    )
    .action(async (text: string, { recovery, ...order }: Options, command) => {
      const call = callOf(terminal, command);
      const account = parseAccount(text);
      const operation = orderOf(order);
      await withRegistries(call, async ({ network, deployment, provider, seat, govern }) => {
        if (network.descriptor.name !== "local") await expectManyKeys("new council", account, network.reader);
        await expectCouncil(account, deployment, provider);
        const through = recovery ? "recovery" : "timelock";
        const governed = await govern(seat, "replace", [account], { order: operation, through });
        const holder = await holderOf(seat);
        const what = `council's seat: ${holder} holds it${holder === account ? "" : `, ${account} is to`}`;
        const proposer = recovery ? "guardian" : "council";
        call.out.answer({ account, holder, through, ...governed }, describeGoverned(what, governed, proposer));
      });
    });
};
