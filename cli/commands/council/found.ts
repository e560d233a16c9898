import { existsSync } from "node:fs";
import { z } from "zod";
import { readBodies } from "../../council/bodies.ts";
import { type FoundingJournal, foundBodies } from "../../council/found.ts";
import { BODIES_GAS, budgetInWords, expectBudget } from "../../deploy/budget.ts";
import { journalAt, journalFields } from "../../deploy/journal.ts";
import { writeJson } from "../../files/files.ts";
import { expectNoRelay } from "../../relay/relay-option.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { chainReader, rpcUrl } from "../../terminal/settings.ts";
import { feeFields } from "../../transaction/gas-price.ts";
import { readSigner, writeProvider } from "../../transaction/signer.ts";
import { addressField } from "../../values/fields.ts";

const body = z.strictObject({ owners: z.array(addressField), threshold: z.int() });
const journalSchema = z.strictObject({
  bodies: z.strictObject({ council: body, guardian: body }),
  ...journalFields,
}) as z.ZodType<FoundingJournal>;

/** `mapae council found` */
export const addCouncilFound: AddCommand = (parent, terminal) => {
  parent
    .command("found <file>")
    .description("give the council and the guardian an account of m of n keys each, before the network is deployed")
    .option(
      "--out <file>",
      "the governance file to write, for mapae network deploy and mapae network roles",
      "council.json",
    )
    .addHelpText(
      "after",
      `
Each gets a Safe, as its authors compiled it. The file names the members' accounts (mapae key new makes one, on each member's own machine), and
how many of them have to sign:
  { "council":  { "threshold": 3, "owners": ["0x…", "0x…", "0x…", "0x…"] },
    "guardian": { "threshold": 2, "owners": ["0x…", "0x…", "0x…"] },
    "delay": 259200 }

No account may be in both, and the account that pays here in neither. An interrupted call continues when it is repeated. With
"rehearsal": true the delay may be of seconds, which the network's descriptor states forever.

Example:
  $ mapae council found bodies.json --rpc http://10.1.0.10:8545 --keystore deployer.json --gas-price 0`,
    )
    .action(async (file: string, { out: path }: { out: string }, command) => {
      const { options, out } = callOf(terminal, command);
      expectNoRelay(options, "The account that founds the bodies sends and pays");
      if (existsSync(path))
        throw new CliError("ALREADY_DEPLOYED", `${path} exists: the bodies are founded. Name another --out`);
      const bodies = await readBodies(file);
      const fees = feeFields(terminal, options);
      const reader = chainReader(terminal, options);
      const provider = writeProvider(rpcUrl(terminal, options), await reader.chainId());
      try {
        const signer = (await readSigner(terminal, options)).connect(provider);
        out.note(budgetInWords(await expectBudget(signer, fees, BODIES_GAS)));
        const journal = journalAt(`${path}.journal`, journalSchema);
        const onStep = (text: string) => out.note(`  ${text}`);
        const accounts = await foundBodies({ signer, reader, bodies, journal, fees, onStep });
        const { delay, rehearsal } = bodies;
        const governance = { ...accounts, delay, ...(rehearsal && { rehearsal }) };
        await writeJson(path, governance);
        await journal.remove();
        const { council, guardian } = accounts;
        out.answer({ file: path, ...governance }, `council   ${council}\nguardian  ${guardian}\n  governance  ${path}`);
      } finally {
        provider.destroy();
      }
    });
};
