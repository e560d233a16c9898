import { formatEther, type Signer } from "ethers";
import { CliError } from "../terminal/errors.ts";
import { priceOf } from "../transaction/funds.ts";
import type { FeeFields } from "../transaction/gas-price.ts";
import { providerOf } from "../transaction/provider.ts";
import { explain } from "../transaction/send.ts";

/** Upper bounds, above all measured values, of the gas for deploying a network and for founding two bodies. */
export const NETWORK_GAS = 25_000_000n;
export const BODIES_GAS = 10_000_000n;

/** The highest cost of a deployment, and the balance of the account that pays; in wei. */
export interface Budget {
  readonly price: bigint;
  readonly cost: bigint;
  readonly balance: bigint;
}

/**
 * Checks before anything is sent that an account can pay for the whole deployment, because one that runs out of funds leaves
 * half a network. On a chain with free gas every validator has to accept a price of 0.
 *
 * @throws CliError `REFUSED` with the price, the balance and what to do; the errors of {@link explain}.
 */
export async function expectBudget(signer: Signer, fees: FeeFields, gas: bigint): Promise<Budget> {
  const provider = providerOf(signer);
  const account = await signer.getAddress();
  const [price, balance] = await Promise.all([fees.gasPrice ?? priceOf(provider), provider.getBalance(account)]).catch(
    (error: unknown) => {
      throw explain(error, account);
    },
  );
  const cost = price * gas;
  if (balance >= cost) return { price, cost, balance };
  throw new CliError(
    "REFUSED",
    `Account ${account} has a balance of ${balance} wei; the deployment takes up to ${gas} gas, at ${price} wei ` +
      `${fees.gasPrice === undefined ? "by the chain" : "as set here"} that is ${cost} wei: nothing was sent. On a chain with free gas set ` +
      "--gas-price 0 or MAPAE_GAS_PRICE=0, and start every validator with a minimum gas price of 0 (Besu: --min-gas-price=0); " +
      "else give the account so much",
  );
}

/** The budget as text. */
export function budgetInWords({ price, cost, balance }: Budget): string {
  if (price === 0n) return "Gas costs nothing";
  return `Gas costs ${price} wei: up to ${formatEther(cost)} of the ${formatEther(balance)} ether of the account`;
}
