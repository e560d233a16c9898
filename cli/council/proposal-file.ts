import { z } from "zod";
import type { Address, Hex } from "../../resolver/index.ts";
import { writeJson } from "../files/files.ts";
import { readJsonFile } from "../files/json-file.ts";
import type { Proposal } from "../governance/propose.ts";
import { CliError } from "../terminal/errors.ts";
import { addressField, bytesField } from "../values/fields.ts";
import { type SafeTransaction, signerOf } from "./safe-account.ts";

/** Longest proposal file, in bytes; most signatures in one. */
const MAX_PROPOSAL_BYTES = 1_048_576;
const MAX_SIGNATURES = 100;

const signature = z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]{130}$/)]);

/**
 * A proposal as a command of governance prints it with `--json`; further members are ignored. A signed one also has the Safe
 * transaction and its signatures.
 */
const proposalFile = z.object({
  proposal: z.object({ to: addressField, data: bytesField }),
  transaction: z.strictObject({ chainId: z.int().min(1), safe: addressField, nonce: z.int().min(0) }).optional(),
  signatures: z.array(signature).max(MAX_SIGNATURES).default([]),
});

/** A proposal that a body has to sign, and its signatures so far. */
export interface SignedProposal {
  readonly proposal: Proposal;
  /** The transaction that was signed; `undefined` while there are no signatures. */
  readonly transaction: SafeTransaction | undefined;
  /** The signatures by their signers. */
  readonly signatures: ReadonlyMap<Address, Hex>;
}

/**
 * Reads a proposal file.
 * @throws CliError `INVALID_INPUT` for another file, or one with an invalid signature.
 */
export async function readProposal(path: string): Promise<SignedProposal> {
  const what = "proposal, which a command of governance prints with --json,";
  const file = await readJsonFile(proposalFile, { path, what, maxBytes: MAX_PROPOSAL_BYTES });
  const { proposal, signatures } = file;
  const transaction = file.transaction && { ...file.transaction, ...proposal };
  const signed = signatures.map((one) => {
    const signer = transaction && signerOf(transaction, one);
    if (signer !== undefined) return [signer, one] as const;
    throw new CliError(
      "INVALID_INPUT",
      `${path} has an invalid signature: get the file again from the member who signed it`,
    );
  });
  return { proposal, transaction, signatures: new Map(signed) };
}

/**
 * The same proposal with the signatures of several files.
 * @throws CliError `INVALID_INPUT` when they are of different transactions.
 */
export async function readSigned(paths: readonly string[]): Promise<SignedProposal> {
  const [first, ...others] = await Promise.all(paths.map(readProposal));
  if (first === undefined) throw new CliError("USAGE", "Name the files that were signed");
  const different = others.findIndex((one) => JSON.stringify(one.transaction) !== JSON.stringify(first.transaction));
  if (different >= 0) {
    throw new CliError(
      "INVALID_INPUT",
      `${paths[0]} and ${paths[different + 1]} are different transactions, or one is not signed`,
    );
  }
  return { ...first, signatures: new Map([first, ...others].flatMap(({ signatures }) => [...signatures])) };
}

/** Writes a proposal with its signatures. */
export function writeProposal(path: string, transaction: SafeTransaction, signatures: SignedProposal["signatures"]) {
  const { to, data, ...rest } = transaction;
  const file = { proposal: { to, data }, transaction: rest, signatures: [...signatures.values()] };
  return writeJson(path, file);
}
