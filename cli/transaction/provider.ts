import type { Provider } from "ethers";
import { CliError } from "../terminal/errors.ts";

/**
 * The provider that a signer or a contract's runner is connected to.
 * @throws CliError `NO_SIGNER` when it is connected to none.
 */
export function providerOf(runner: { readonly provider: Provider | null } | null): Provider {
  if (runner?.provider) return runner.provider;
  throw new CliError("NO_SIGNER", "The signer is connected to no chain, wanted one with a provider");
}
