import { CliError } from "../terminal/errors.ts";
import type { GlobalOptions } from "../terminal/settings.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** The fee fields of a transaction; empty when the chain's own price is used. */
export interface FeeFields {
  readonly type?: 0;
  readonly gasPrice?: bigint;
}

/**
 * A fixed price in wei for a legacy transaction, from `--gas-price` or MAPAE_GAS_PRICE: 0 on chains with free gas, some of
 * which report another price or refuse newer types of transactions.
 *
 * @throws CliError `CONFIGURATION`
 */
export function feeFields({ env }: Terminal, { gasPrice }: GlobalOptions): FeeFields {
  const text = gasPrice ?? (env.MAPAE_GAS_PRICE || undefined);
  if (text === undefined) return {};
  if (!/^[0-9]{1,18}$/.test(text)) {
    const name = gasPrice === undefined ? "MAPAE_GAS_PRICE" : "--gas-price";
    throw new CliError("CONFIGURATION", `${name} is a number of wei, got ${JSON.stringify(text.slice(0, 40))}`);
  }
  return { type: 0, gasPrice: BigInt(text) };
}
