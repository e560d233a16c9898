import { type Address, type MapaeDid, type NetworkDescriptor, parseDid } from "../../resolver/index.ts";
import { CliError } from "../terminal/errors.ts";

/**
 * The address of a DID of a network.
 * @throws ResolutionError for a text that is no DID of this method; what {@link expectNetworkOf} throws.
 */
export function addressOf(text: string, descriptor: NetworkDescriptor): Address {
  const did = parseDid(text);
  expectNetworkOf(did, descriptor);
  return did.address;
}

/** @throws CliError `INVALID_INPUT` for a DID of another network. */
export function expectNetworkOf({ did, network }: MapaeDid, { name }: NetworkDescriptor): void {
  if (network === name) return;
  throw new CliError(
    "INVALID_INPUT",
    `${did} is of network ${network}, but the descriptor in use is of ${name}: see --network`,
  );
}
