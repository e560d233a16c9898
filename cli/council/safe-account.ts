import { Contract, concat, type Provider, type Signer, TypedDataEncoder, verifyTypedData, ZeroAddress } from "ethers";
import type { Address, Hash, Hex } from "../../resolver/index.ts";
import type { Proposal } from "../governance/propose.ts";
import { CliError } from "../terminal/errors.ts";
import { explain } from "../transaction/send.ts";
import { SAFE } from "./safe-contracts.ts";

/** The type that the owners of a Safe sign (EIP-712), as in its contract. */
const SAFE_TX = {
  SafeTx: [
    { name: "to", type: "address" },
    { name: "value", type: "uint256" },
    { name: "data", type: "bytes" },
    { name: "operation", type: "uint8" },
    { name: "safeTxGas", type: "uint256" },
    { name: "baseGas", type: "uint256" },
    { name: "gasPrice", type: "uint256" },
    { name: "gasToken", type: "address" },
    { name: "refundReceiver", type: "address" },
    { name: "nonce", type: "uint256" },
  ],
};

/** A call without value and without a refund: its sender pays for the gas. */
const FIXED = {
  ...{ value: 0n, operation: 0, safeTxGas: 0n, baseGas: 0n, gasPrice: 0n },
  ...{ gasToken: ZeroAddress, refundReceiver: ZeroAddress },
};

/** The current state of a Safe. */
export interface Safe {
  readonly address: Address;
  readonly owners: readonly Address[];
  /** How many of them have to sign. */
  readonly threshold: number;
  /** The number of its next transaction. */
  readonly nonce: number;
}

/** One transaction of a Safe that its owners can sign. */
export interface SafeTransaction extends Proposal {
  readonly chainId: number;
  readonly safe: Address;
  readonly nonce: number;
}

/**
 * Reads a Safe.
 * @throws CliError `INVALID_INPUT` for an account that is no Safe.
 */
export async function readSafe(provider: Provider, address: Address): Promise<Safe> {
  const contract = new Contract(address, SAFE, provider);
  const ask = (name: string) => contract.getFunction(name)();
  try {
    const owners = ((await ask("getOwners")) as string[]).map((one) => one.toLowerCase() as Address);
    return { address, owners, threshold: Number(await ask("getThreshold")), nonce: Number(await ask("nonce")) };
  } catch (cause) {
    const error = explain(cause, address);
    if (!("code" in error) || error.code === "UNAVAILABLE") throw error;
    throw new CliError("INVALID_INPUT", `${address} is no Safe: it does not answer with its owners`, { cause });
  }
}

/** The hash of a transaction, which members compare by telephone before they sign. */
export function hashOf(transaction: SafeTransaction): Hash {
  return TypedDataEncoder.hash(...typedData(transaction)) as Hash;
}

/**
 * Signs a transaction as an owner.
 * @throws CliError `REFUSED` when the contract computes another hash for that transaction than the one that would be signed.
 */
export async function signTransaction(
  provider: Provider,
  signer: Pick<Signer, "signTypedData">,
  transaction: SafeTransaction,
): Promise<Hex> {
  const { safe, to, data, nonce } = transaction;
  const { value, operation, ...payment } = FIXED;
  const args = [to, value, data, operation, ...Object.values(payment), nonce];
  const theirs = await new Contract(safe, SAFE, provider).getFunction("getTransactionHash")(...args);
  if (theirs !== hashOf(transaction)) {
    throw new CliError(
      "REFUSED",
      `${safe} computes the hash ${theirs} of this transaction, wanted ${hashOf(transaction)}: it is no Safe`,
    );
  }
  return (await signer.signTypedData(...typedData(transaction))) as Hex;
}

/** The signer of a transaction's signature; `undefined` for an invalid signature. */
export function signerOf(transaction: SafeTransaction, signature: string): Address | undefined {
  try {
    return verifyTypedData(...typedData(transaction), signature).toLowerCase() as Address;
  } catch {
    return undefined; // No 65 bytes, or no point of the curve.
  }
}

/** The call of a Safe that executes its transaction. */
export function executionOf({ safe, to, data }: SafeTransaction, signatures: ReadonlyMap<Address, Hex>): Proposal {
  // A Safe requires signatures in ascending order of their signers.
  const sorted = [...signatures].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, signature]) => signature);
  const { value, operation, ...payment } = FIXED;
  const args = [to, value, data, operation, ...Object.values(payment), concat(sorted)];
  return { to: safe, data: SAFE.encodeFunctionData("execTransaction", args) as Hex };
}

function typedData({ chainId, safe, to, data, nonce }: SafeTransaction) {
  return [{ chainId, verifyingContract: safe }, SAFE_TX, { ...FIXED, to, data, nonce }] as const;
}
