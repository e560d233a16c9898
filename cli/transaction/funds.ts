import type { Provider, Signer } from "ethers";
import { CliError } from "../terminal/errors.ts";
import type { FeeFields } from "./gas-price.ts";

/**
 * Refuses to send from an account without funds on a chain where gas has a price: Besu accepts such a transaction, but neither
 * mines nor drops it.
 *
 * @throws CliError `REFUSED` with what to set.
 */
export async function expectFunds(signer: Signer, fees: FeeFields): Promise<void> {
  const { provider } = signer;
  if (provider === null) return;
  const price = fees.gasPrice ?? (await priceOf(provider));
  if (price === 0n) return;
  const from = await signer.getAddress();
  if ((await provider.getBalance(from)) > 0n) return;
  throw new CliError(
    "REFUSED",
    `Account ${from} has a balance of 0, and gas costs ${price} wei ${fees.gasPrice === undefined ? "by the chain" : "as set here"}: ` +
      "nothing was sent. On a chain with free gas set --gas-price 0 or MAPAE_GAS_PRICE=0, and start every validator with a " +
      "minimum gas price of 0 (Besu: --min-gas-price=0); else give the account some",
  );
}

/** The highest price of a unit of gas when no price is set, in wei. */
export async function priceOf(provider: Provider): Promise<bigint> {
  const { gasPrice, maxFeePerGas } = await provider.getFeeData();
  return maxFeePerGas ?? gasPrice ?? 0n;
}

/**
 * Why a transaction may not have been mined yet, as far as the chain shows it; `blocksBefore` is the number of the newest block
 * when it was sent.
 */
export async function whyNotMined(
  provider: Provider,
  { hash, from, nonce, blocksBefore }: { hash: string; from: string; nonce: number; blocksBefore: number },
): Promise<string> {
  const [head, mined, known, balance] = await Promise.all([
    provider.getBlockNumber(),
    provider.getTransactionCount(from, "latest"),
    provider.getTransaction(hash),
    provider.getBalance(from),
  ]);
  if (known?.blockNumber != null) return `block ${known.blockNumber} has it by now`;
  if (head <= blocksBefore) return `the chain has made no block since ${head}: look at its validators`;
  if (mined > nonce) return `another transaction of ${from} with nonce ${nonce} was mined in its place`;
  if (mined < nonce)
    return `it waits for ${nonce - mined} transactions of ${from} before it (nonce ${nonce}, next ${mined})`;
  if (known === null) return "the chain's server does not know it any more: it was dropped";
  if (balance === 0n) {
    return "the account has a balance of 0, and a validator may want a price for gas (Besu: --min-gas-price=0 on each)";
  }
  return "its price may be too low for the validators (--gas-price)";
}
