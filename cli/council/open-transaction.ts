import type { Address } from "../../resolver/index.ts";
import { holderOf } from "../governance/propose.ts";
import { CliError } from "../terminal/errors.ts";
import type { Registries } from "../transaction/registries.ts";
import { inWords } from "./in-words.ts";
import type { SignedProposal } from "./proposal-file.ts";
import { hashOf, readSafe, type Safe, type SafeTransaction } from "./safe-account.ts";

/** A transaction of a body, and the current state of the body. */
export interface OpenTransaction {
  readonly transaction: SafeTransaction;
  readonly body: Safe;
}

/**
 * The Safe transaction of a proposal; for one that is not signed yet, the next transaction of the named Safe, or by default of
 * the Safe that holds the council's seat.
 *
 * @throws CliError `INVALID_INPUT` when it was signed for another Safe or another chain.
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
    return { transaction, body: await bodyOf(registries, transaction.safe) };
  }
  const body = await bodyOf(registries, named);
  return { transaction: { ...proposal, chainId, safe: body.address, nonce: body.nonce }, body };
}

/**
 * The body of a Safe, by default of the one that holds the council's seat.
 * @throws CliError `INVALID_INPUT` for an account that is no Safe.
 */
export async function bodyOf({ provider, seat }: Registries, named: Address | undefined): Promise<Safe> {
  return readSafe(provider, named ?? (await holderOf(seat)));
}

/**
 * Requires that a transaction is the next one of its Safe.
 * @throws CliError `REFUSED` with the reason.
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

export interface Description extends OpenTransaction {
  readonly registries: Pick<Registries, "network" | "deployment">;
  readonly signatures: SignedProposal["signatures"];
}

/** A description of a transaction, as text and as JSON. */
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
