import { Contract, type Provider } from "ethers";
import { councilSeatAbi } from "../../resolver/abi.ts";
import type { Address } from "../../resolver/index.ts";
import { CliError } from "../terminal/errors.ts";
import type { Registries } from "../transaction/contract-call.ts";
import { inWords } from "./in-words.ts";
import type { SignedProposal } from "./proposal-file.ts";
import { hashOf, readSafe, type Safe, type SafeTransaction } from "./safe-account.ts";

/** A transaction of a body, and the body as it is now. */
export interface OpenTransaction {
  readonly transaction: SafeTransaction;
  readonly body: Safe;
  readonly provider: Provider;
}

/**
 * The transaction that a proposal is, or becomes by being signed: of the Safe that is named, else of who holds the council's seat.
 *
 * @throws CliError `INVALID_INPUT` when others signed it as another Safe's, or for another chain.
 */
export async function openTransaction(
  registries: Registries,
  { proposal, transaction }: SignedProposal,
  named: Address | undefined,
): Promise<OpenTransaction> {
  const { chainId } = registries.network.descriptor;
  if (transaction !== undefined) {
    if (transaction.chainId !== chainId || (named !== undefined && named !== transaction.safe)) {
      const { safe, chainId: other } = transaction;
      throw new CliError(
        "INVALID_INPUT",
        `It is signed as the Safe ${safe} on chain ${other}, not ${named ?? safe} on ${chainId}`,
      );
    }
    return { transaction, ...(await bodyOf(registries, transaction.safe)) };
  }
  const { body, provider } = await bodyOf(registries, named);
  return { transaction: { ...proposal, chainId, safe: body.address, nonce: body.nonce }, body, provider };
}

/**
 * The body that has a Safe, by default the one that holds the council's seat.
 * @throws CliError `INVALID_INPUT` for an account that is no Safe.
 */
export async function bodyOf(
  { deployment, trust }: Registries,
  named: Address | undefined,
): Promise<Pick<OpenTransaction, "body" | "provider">> {
  const provider = trust.runner?.provider ?? null;
  if (provider === null) throw new TypeError("The contract of the trust registry has no provider");
  const seat = new Contract(deployment.seat.address, councilSeatAbi, provider);
  const safe = named ?? (String(await seat.getFunction("holder")()).toLowerCase() as Address);
  return { body: await readSafe(provider, safe), provider };
}

/**
 * Sees to it that a transaction is the next one of its Safe.
 * @throws CliError `REFUSED` saying what came between.
 */
export function expectCurrent({ safe, nonce }: SafeTransaction, body: Safe): void {
  if (nonce === body.nonce) return;
  const why =
    nonce < body.nonce ? "it, or another one in its place, was sent: propose it again" : "one before it is missing";
  throw new CliError(
    "REFUSED",
    `This is transaction ${nonce} of the Safe ${safe}, whose next one is ${body.nonce}: ${why}`,
  );
}

export interface Description extends Omit<OpenTransaction, "provider"> {
  readonly registries: Pick<Registries, "network" | "deployment">;
  readonly signatures: SignedProposal["signatures"];
}

/** What a transaction does, for a person and for a program. */
export function describeTransaction({ transaction, body, registries, signatures }: Description) {
  const { safe, nonce } = transaction;
  const words = inWords(transaction, registries.deployment, safe);
  const hash = hashOf(transaction);
  const lines = [
    `Network ${registries.network.descriptor.name}, Safe ${safe} (${body.threshold} of ${body.owners.length} sign), transaction ${nonce}`,
    ...words.map((line) => `  ${line}`),
    `  hash       ${hash}`,
    `  signed by  ${[...signatures.keys()].join(", ") || "nobody yet"}`,
  ];
  return { answer: { safe, nonce, hash, words }, text: lines.join("\n") };
}
