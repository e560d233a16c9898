import { existsSync } from "node:fs";
import type { Provider } from "ethers";
import {
  type Address,
  type ChainReader,
  currentDeployment,
  descriptorHash,
  type NetworkDescriptor,
  networkDescriptorSchema,
} from "../../../resolver/index.ts";
import { budgetInWords, expectBudget, NETWORK_GAS } from "../../deploy/budget.ts";
import { deployNetwork } from "../../deploy/deploy-network.ts";
import type { Governance } from "../../deploy/governance.ts";
import { fileJournal } from "../../deploy/journal.ts";
import { expectPublic } from "../../did/key-input.ts";
import { writeJson } from "../../files/files.ts";
import { readJsonFile } from "../../files/json-file.ts";
import { examineGovernance, faultInWords } from "../../governance/examine.ts";
import { expectFit, readGovernance } from "../../governance/read-governance.ts";
import { expectNoRelay } from "../../relay/relay-option.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { named } from "../../terminal/named.ts";
import { chainReader, rpcUrl } from "../../terminal/settings.ts";
import { feeFields } from "../../transaction/gas-price.ts";
import { readSigner, writeProvider } from "../../transaction/signer.ts";

/** Longest file that describes a consensus, in bytes. */
const MAX_CONSENSUS_BYTES = 1_048_576;

interface Options {
  readonly label: string;
  readonly out: string;
  readonly consensus?: string;
  readonly governance?: string;
  readonly finality: string;
  readonly force?: true;
}

/** `mapae network deploy` */
export const addNetworkDeploy: AddCommand = (parent, terminal) => {
  parent
    .command("deploy")
    .description("deploy the contracts and write the network descriptor")
    .requiredOption("--label <label>", "first part of the network's name: [a-z][a-z0-9]{0,15}; local is for developers")
    .option("--out <file>", "the descriptor to write", "network.json")
    .option("--consensus <file>", 'JSON such as {"kind":"qbft","validators":["0x…"]}; required except for local')
    .option("--governance <file>", 'JSON: {"council":"0x…","guardian":"0x…","delay":259200}; required except for local')
    .option(
      "--finality <instant or blocks>",
      "instant, or the number of blocks after which a block is final",
      "instant",
    )
    .option("--force", "deploy again although the descriptor exists, and replace it")
    .addHelpText(
      "after",
      `
An interrupted deployment continues where it stopped: call it again in the same way. What it did is in
<file>.journal until it is finished. The account that signs has no power over the contracts afterwards.

The council proposes credential types and roots, which can be executed after the delay (in seconds, 72 hours unless it is
given) if neither it nor the guardian cancelled; it withdraws accreditations immediately. Both are contracts of m of n keys,
such as Safes, that are on the chain already. On the network local the account that signs is both, without delay.

Example:
  $ mapae network deploy --rpc http://10.0.0.5:8545 --keystore deployer.json --gas-price 0 \\
      --label gov --consensus validators.json --governance council.json --out gov.network.json`,
    )
    .action(async (given: Options, command) => {
      const { options, out } = callOf(terminal, command);
      expectNoRelay(options, "The account that deploys sends and pays");
      const { label, finality, consensus } = await checked(given);
      const bodies = await governanceIn(given);
      if (existsSync(given.out) && !given.force) {
        throw new CliError(
          "ALREADY_DEPLOYED",
          `${given.out} exists: the network is deployed. Name another --out, or replace it with --force`,
        );
      }
      const fees = feeFields(terminal, options);
      const reader = chainReader(terminal, options);
      const url = rpcUrl(terminal, options);
      const chainId = await reader.chainId();
      const provider = writeProvider(url, chainId);
      try {
        const signer = (await readSigner(terminal, options)).connect(provider);
        const account = signer.address.toLowerCase() as Address;
        if (bodies !== undefined) await expectFit(bodies, account, reader);
        const governance = bodies ?? { council: account, guardian: account, delay: 0 };
        out.note(`Deploying to chain ${chainId} …`);
        out.note(`  ${budgetInWords(await expectBudget(signer, fees, NETWORK_GAS))}`);
        const journal = fileJournal(`${given.out}.journal`);
        const onStep = (text: string) => out.note(`  ${text}`);
        const network = { label, consensus, finality, governance };
        const descriptor = await deployNetwork({ signer, reader, ...network, journal, fees, onStep });
        await expectGoverned({ descriptor, reader, provider, governance });
        onStep("Roles, delays and code are as they should be (mapae network roles)");
        await writeJson(given.out, descriptor);
        await journal.remove();
        const hash = descriptorHash(descriptor);
        const text = `${descriptor.name}\n  descriptor  ${given.out}\n  hash        ${hash}`;
        const next =
          "\nPublish the descriptor, and its hash by another way too: operators compare it (mapae network show).\n" +
          `Destroy the key of ${signer.address}: it has no power over the network, and is not needed any more.`;
        out.answer({ file: given.out, hash, descriptor }, label === "local" ? text : text + next);
      } finally {
        provider.destroy();
      }
    });
};

interface Deployed {
  readonly descriptor: NetworkDescriptor;
  readonly reader: ChainReader;
  readonly provider: Provider;
  readonly governance: Governance;
}

/** @throws CliError `REFUSED` when the governance of the network is not the one that was given. */
async function expectGoverned({ descriptor, reader, provider, governance }: Deployed): Promise<void> {
  const newest = await reader.header("latest");
  if (newest === null) throw new CliError("UNAVAILABLE", "The chain has no newest block now: call it again");
  const deployment = currentDeployment(descriptor);
  const { faults } = await examineGovernance({ reader, provider, deployment, governance, block: newest.number });
  if (faults.length === 0) return;
  throw new CliError("REFUSED", `The network is not governed as it should be: ${faults.map(faultInWords).join("; ")}`);
}

type Checked = Pick<NetworkDescriptor, "consensus" | "finality"> & { readonly label: string };

async function checked({ label, consensus, finality }: Options): Promise<Checked> {
  named("--label", () => expectLabel(label));
  return {
    label,
    consensus: await readConsensus(label, consensus),
    finality: named("--finality", () => parseFinality(finality)),
  };
}

function expectLabel(label: string): void {
  if (/^[a-z][a-z0-9]{0,15}$/.test(label)) return;
  throw new CliError("USAGE", `A label is [a-z][a-z0-9]{0,15}, got ${JSON.stringify(label.slice(0, 40))}`);
}

/** The governance of a network; `undefined` for the network local, which its deployer governs. */
async function governanceIn({ label, governance }: Options): Promise<Governance | undefined> {
  if (label === "local") {
    if (governance === undefined) return undefined;
    throw new CliError(
      "USAGE",
      "The deployer governs the network local: leave --governance out, or choose another label",
    );
  }
  if (governance === undefined) {
    throw new CliError(
      "USAGE",
      `Network ${label} needs --governance: the accounts that may add credential types and roots`,
    );
  }
  return named("--governance", () => readGovernance(governance));
}

async function readConsensus(label: string, path: string | undefined): Promise<Checked["consensus"]> {
  if (label === "local") {
    if (path === undefined) return { kind: "none" };
    throw new CliError("USAGE", "The network local has no consensus: leave --consensus out, or choose another label");
  }
  if (path === undefined) {
    throw new CliError(
      "USAGE",
      `Network ${label} needs --consensus: the validators that seal its blocks, or the operators that attest them`,
    );
  }
  const file = { path, what: "consensus file", maxBytes: MAX_CONSENSUS_BYTES };
  const consensus = await named("--consensus", () => readJsonFile(networkDescriptorSchema.shape.consensus, file));
  if (consensus.kind === "none") {
    throw new CliError("INVALID_INPUT", `Consensus none is for the network local only, not for ${label}`);
  }
  // The descriptor, which is published, has the operators' keys as they are in this file.
  const operators = consensus.kind === "attested" ? consensus.operators : [];
  for (const { name, key } of operators) expectPublic(key, `The key of the operator ${name} in ${path}`);
  return consensus;
}

function parseFinality(text: string): Checked["finality"] {
  if (text === "instant") return { kind: "instant" };
  const blocks = /^[1-9][0-9]{0,5}$/.test(text) ? Number(text) : Number.NaN;
  if (blocks <= 100_000) return { kind: "depth", blocks };
  throw new CliError(
    "USAGE",
    `Finality is instant or a number of blocks from 1 to 100000, got ${JSON.stringify(text)}`,
  );
}
