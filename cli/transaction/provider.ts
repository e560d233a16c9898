import type { Block, Provider } from "ethers";
import { UnavailableError } from "../../resolver/errors.ts";
import { CliError } from "../terminal/errors.ts";

/**
 * The provider that a signer or a contract's runner is connected to.
 * @throws CliError `NO_SIGNER` when it is connected to none.
 */
export function providerOf(runner: { readonly provider: Provider | null } | null): Provider {
  if (runner?.provider) return runner.provider;
  throw new CliError("NO_SIGNER", "The signer is connected to no chain, wanted one with a provider");
}

/**
 * The newest block of a chain.
 * @throws UnavailableError when there is none: Besu under load answers so at times.
 */
export async function newestBlock(provider: Provider): Promise<Block> {
  const newest = await provider.getBlock("latest");
  if (newest !== null) return newest;
  throw new UnavailableError("The chain has no newest block now");
}
