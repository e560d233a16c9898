import type { Address, Hex } from "../../../resolver/index.ts";
import { describeTransaction, expectCurrent, openTransaction } from "../../council/open-transaction.ts";
import { readProposal, writeProposal } from "../../council/proposal-file.ts";
import { signTransaction } from "../../council/safe-account.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { namedIfGiven } from "../../terminal/named.ts";
import { confirm } from "../../terminal/terminal.ts";
import { withRegistries } from "../../transaction/registries.ts";
import { readSigner } from "../../transaction/signer.ts";
import { parseAccount } from "../../values/account.ts";

interface Options {
  readonly safe?: string;
  readonly yes?: true;
}

/** `mapae council sign` */
export const addCouncilSign: AddCommand = (parent, terminal) => {
  parent
    .command("sign <proposal>")
    .description("show a proposal as text, and sign it as a member of the body that has to send it")
    .option("--safe <account>", "the Safe of the body, such as the guardian's (default: the council's)")
    .option("--yes", "don't ask for confirmation")
    .addHelpText(
      "after",
      `
A proposal is what a command of governance prints with --json, such as mapae type add: every member can make the same file, and does not have to
trust another's. Signing reads from the chain and sends nothing: the signature is added to the file, which goes to the next member, or to the
account that executes it. The hash that is shown is the same for every member: compare it by telephone. A proposal that can't be decoded to
the last byte is not signed.

Example:
  $ mapae type add --uri … --schema-uri … --schema … --json > proposal.json
  $ mapae council sign proposal.json --keystore member.json`,
    )
    .action(async (path: string, { safe, yes }: Options, command) => {
      const call = callOf(terminal, command);
      const { options, out } = call;
      const wanted = namedIfGiven("--safe", safe, parseAccount);
      const before = await readProposal(path);
      await withRegistries(call, async (registries) => {
        const { transaction, body } = await openTransaction(registries, before, wanted);
        expectCurrent(transaction, body);
        const words = describeTransaction({ transaction, body, registries, signatures: before.signatures });
        const signer = await readSigner(terminal, options);
        const account = signer.address.toLowerCase() as Address;
        if (!body.owners.includes(account)) {
          const problem = `${account} is no member of ${body.address}, whose members are ${body.owners.join(", ")}`;
          throw new CliError("REFUSED", `${problem}. A member of the guardian names its Safe: --safe`);
        }
        out.note(words.text);
        if (!yes) await confirm(terminal, `Sign this as ${account}?`);
        const made = await signTransaction(registries.provider, signer, transaction);
        const signatures = new Map<Address, Hex>([...before.signatures, [account, made]]);
        await writeProposal(path, transaction, signatures);
        const { threshold } = body;
        // The file may have signatures of accounts that are no members, which do not count.
        const counting = [...signatures.keys()].filter((one) => body.owners.includes(one)).length;
        const left = Math.max(0, threshold - counting);
        const next = left > 0 ? `${left} more of them have to sign` : `mapae council execute ${path} sends it`;
        out.answer(
          { file: path, ...words.answer, signed: [...signatures.keys()], threshold },
          `${path}\n  signed by ${counting} of ${threshold} that are wanted: ${next}`,
        );
      });
    });
};
