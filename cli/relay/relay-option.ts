import { currentDeployment } from "../../resolver/network.ts";
import { CliError } from "../terminal/errors.ts";
import type { GlobalOptions, OpenNetwork } from "../terminal/settings.ts";
import type { RelayFile } from "./request.ts";

/** The file of `--relay`, which gets the signed request for a write; `undefined` when the write is sent to the chain. */
export function relayFile({ relay }: GlobalOptions, { descriptor }: OpenNetwork): RelayFile | undefined {
  if (relay === undefined) return undefined;
  return { path: relay, forwarder: currentDeployment(descriptor).forwarder.address, chainId: descriptor.chainId };
}

/**
 * Refuses `--relay` for a transaction that only the account itself can send: without this it would be sent all the same.
 * @param why says who sends it, for the message.
 * @throws CliError `USAGE`
 */
export function expectNoRelay({ relay }: GlobalOptions, why: string): void {
  if (relay !== undefined) throw new CliError("USAGE", `${why}: leave --relay out`);
}
