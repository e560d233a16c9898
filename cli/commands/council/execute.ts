import { describeTransaction, expectCurrent, openTransaction } from "../../council/open-transaction.ts";
import { readSigned } from "../../council/proposal-file.ts";
import { executionOf } from "../../council/safe-account.ts";
import { expectNoRelay } from "../../relay/relay-option.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { feeFields } from "../../transaction/gas-price.ts";
import { withRegistries } from "../../transaction/registries.ts";
import { explain, transact, writtenLines } from "../../transaction/send.ts";
import { readSigner } from "../../transaction/signer.ts";

/** `mapae council execute` */
export const addCouncilExecute: AddCommand = (parent, terminal) => {
  parent
    .command("execute <proposals...>")
    .description("send a proposal that enough members signed; any account may pay for it")
    .addHelpText(
      "after",
      `
If the members did not pass one file on, give the file of each. The call is simulated first, so that a refusal costs nothing, and its reason
is shown. An operation in the timelock waits for its delay: the command that made the proposal executes it after that.

Example:
  $ mapae council execute proposal.json
  $ mapae council execute interior/proposal.json safety/proposal.json tax/proposal.json`,
    )
    .action(async (paths: readonly string[], _options: object, command) => {
      const call = callOf(terminal, command);
      const { options, out } = call;
      expectNoRelay(options, "Whoever executes a proposal sends it");
      const proposal = await readSigned(paths);
      const { signatures } = proposal;
      if (proposal.transaction === undefined)
        throw new CliError("REFUSED", "The proposal has no signature: sign it with mapae council sign");
      await withRegistries(call, async (registries) => {
        const { provider } = registries;
        const { transaction, body } = await openTransaction(registries, proposal, undefined);
        expectCurrent(transaction, body);
        const words = describeTransaction({ transaction, body, registries, signatures });
        out.note(words.text);
        // Signatures of accounts that are not members now do not count.
        const counting = new Map([...signatures].filter(([signer]) => body.owners.includes(signer)));
        if (counting.size < body.threshold) {
          const missing = body.owners.filter((owner) => !counting.has(owner));
          const problem = `${counting.size} of its members signed, wanted ${body.threshold}`;
          throw new CliError(
            "REFUSED",
            `${problem}: let ${body.threshold - counting.size} of ${missing.join(", ")} sign`,
          );
        }
        const { safe, to, data } = transaction;
        try {
          await provider.call({ from: safe, to, data });
        } catch (error) {
          throw explain(error, safe);
        }
        const signer = (await readSigner(terminal, options)).connect(provider);
        const fees = feeFields(terminal, options);
        const written = await transact({ signer, ...executionOf(transaction, counting), fees });
        out.answer(
          { ...words.answer, ...written },
          `transaction ${transaction.nonce} of ${safe}\n${writtenLines(written)}`,
        );
      });
    });
};
