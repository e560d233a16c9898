import { setTimeout as delay } from "node:timers/promises";
import { ContractFactory, getCreateAddress, keccak256, type Signer } from "ethers";
import type { Address, ChainReader, Hash, Hex } from "../../resolver/index.ts";
import { CliError } from "../terminal/errors.ts";
import { expectFunds } from "../transaction/funds.ts";
import type { FeeFields } from "../transaction/gas-price.ts";
import { providerOf } from "../transaction/provider.ts";
import { explain, MINED_WITHIN_MS, mined } from "../transaction/send.ts";
import { type CreatedContract, isCodeOf } from "./artifacts.ts";
import type { JournalStep, JournalSteps } from "./journal.ts";

/** Milliseconds between two looks at the chain. */
const POLL_MS = 250;

export interface ContractDeployment {
  /** With a provider. */
  readonly signer: Signer;
  readonly reader: ChainReader;
  readonly artifact: CreatedContract;
  /** Arguments of the constructor. */
  readonly args: readonly unknown[];
  readonly fees: FeeFields;
  /** Has the step of an earlier attempt, and gets this one's: before anything is sent, and when the code is on the chain. */
  readonly journal: JournalSteps;
  /** The contract's name in the journal. */
  readonly name: string;
}

/**
 * Deploys one contract, or finds the one of an earlier attempt; it never deploys a second one.
 *
 * @throws CliError `CONFIGURATION` when other code is at the address; `NOT_MINED`; the errors of {@link explain}.
 */
export async function deployContract(deployment: ContractDeployment): Promise<JournalStep & { codeHash: Hash }> {
  const { reader, artifact, journal, name } = deployment;
  const before = journal.stepOf(name);
  if (before !== undefined && (await reader.code(before.address)) === "0x") await settle(deployment, before);
  const found = before !== undefined && (await reader.code(before.address)) !== "0x";
  const step = found ? before : await send(deployment);

  const code = await codeAt(reader, step.address);
  const codeHash = keccak256(code) as Hash;
  if (!isCodeOf(artifact, code) || (step.codeHash !== null && step.codeHash !== codeHash)) {
    throw new CliError(
      "CONFIGURATION",
      `The code at ${step.address} is not ${artifact.contractName} as compiled here: it has code hash ${codeHash}` +
        (step.codeHash === null ? "" : `, the journal says ${step.codeHash}`),
    );
  }
  const done = { ...step, codeHash };
  if (step.codeHash === null) await journal.record(name, done);
  return done;
}

/**
 * The code at an address to which a mined transaction deployed. On a chain where the newest blocks can be replaced, a
 * transaction may go back to the pools with its block and be mined again, so this waits for the code.
 *
 * @throws CliError `NOT_MINED` when there is still no code at the end of the wait.
 */
export async function codeAt(reader: ChainReader, address: Address): Promise<Hex> {
  const until = Date.now() + MINED_WITHIN_MS;
  while (true) {
    const code = await reader.code(address);
    if (code !== "0x") return code;
    if (Date.now() > until) {
      throw new CliError(
        "NOT_MINED",
        `The block that had the contract ${address} was replaced, and no other one has it: call it again`,
      );
    }
    await delay(POLL_MS);
  }
}

/** Waits while the transaction of an earlier attempt is pending. */
async function settle({ signer }: ContractDeployment, { nonce }: JournalStep): Promise<void> {
  const provider = providerOf(signer);
  const account = await signer.getAddress();
  const until = Date.now() + MINED_WITHIN_MS;
  while (true) {
    const [mined, pending] = await Promise.all([
      provider.getTransactionCount(account, "latest"),
      provider.getTransactionCount(account, "pending"),
    ]);
    if (mined > nonce || pending <= nonce) return;
    if (Date.now() > until) {
      throw new CliError(
        "NOT_MINED",
        `Transaction ${nonce} of ${account} is still pending from an earlier attempt: try again when it is mined`,
      );
    }
    await delay(POLL_MS);
  }
}

async function send(deployment: ContractDeployment): Promise<JournalStep> {
  const { signer, reader, artifact, args, fees, journal, name } = deployment;
  const from = await signer.getAddress();
  try {
    await expectFunds(signer, fees);
    const nonce = await providerOf(signer).getTransactionCount(from, "pending");
    const head = await reader.header("latest");
    const step: JournalStep = {
      nonce,
      address: getCreateAddress({ from, nonce }).toLowerCase() as Address,
      // The contract can't be in a block from before its transaction.
      fromBlock: (head?.number ?? -1) + 1,
      codeHash: null,
    };
    await journal.record(name, step);
    const factory = new ContractFactory(artifact.abi, artifact.bytecode as Hex, signer);
    const transaction = await factory.getDeployTransaction(...args);
    const sent = await signer.sendTransaction({ ...transaction, ...fees, nonce });
    await mined(sent, head?.number ?? 0);
    return step;
  } catch (error) {
    throw explain(error, from);
  }
}
