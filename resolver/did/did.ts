import { MapaeError, ResolutionError } from "../errors.ts";
import { NETWORK_NAME } from "../network.ts";
import type { Address } from "../primitives/hex.ts";
import { ANY_DID, MAX_DID_URL_LENGTH } from "./did-url.ts";

/** A DID of this method: one network, one address. */
export interface MapaeDid {
  readonly did: string;
  readonly network: string;
  readonly address: Address;
}

const MAPAE_DID = new RegExp(`^did:mapae:(${NETWORK_NAME.source.slice(1, -1)}):(0x[0-9a-f]{40})$`);

/** The one spelling of an identity's DID. */
export function formatDid(network: string, address: Address): string {
  return `did:mapae:${network}:${address}`;
}

/**
 * Reads a DID of this method. Every identity has exactly one spelling: nothing is normalised, and the error for a misspelt DID
 * names the correct one.
 *
 * @example
 * ```ts
 * import { isMapaeDid, parseDid } from "mapae";
 * const { network, address } = parseDid("did:mapae:local:0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266");
 * console.log(network, address); // local 0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266
 * console.log(isMapaeDid("did:mapae:local:0xF39FD6E51AAD88F6F4CE6AB8827279CFFFB92266")); // false
 * ```
 *
 * @throws ResolutionError `INVALID_DID`, or `METHOD_NOT_SUPPORTED` for a well-formed DID of another method.
 */
export function parseDid(text: string): MapaeDid {
  const [did, network = "", address] = MAPAE_DID.exec(text) ?? [];
  if (did !== undefined) return { did, network, address: address as Address };
  if (text.length > MAX_DID_URL_LENGTH) {
    throw new ResolutionError("INVALID_DID", `A DID has at most ${MAX_DID_URL_LENGTH} characters, got ${text.length}`);
  }
  if (!ANY_DID.test(text)) throw new ResolutionError("INVALID_DID", hint(text, "This is no DID"));
  const [, method] = text.split(":", 2);
  if (method === "mapae") throw new ResolutionError("INVALID_DID", hint(text, "This is no DID of the method mapae"));
  throw new ResolutionError("METHOD_NOT_SUPPORTED", `The method did:${method} is not served here, did:mapae is`);
}

/** Whether a text is a DID of this method in its one spelling. */
export function isMapaeDid(text: string): boolean {
  try {
    parseDid(text);
    return true;
  } catch (error) {
    if (error instanceof MapaeError) return false;
    throw error;
  }
}

function hint(text: string, problem: string): string {
  const shown = JSON.stringify(text.slice(0, 120));
  const wanted = "did:mapae:<network>:0x<40 lower-case hex digits>, with a network such as local or gov-0a1b2c3d";
  const [network, address] = text.toLowerCase().split(":").slice(-2);
  const near = network !== undefined && NETWORK_NAME.test(network) && address?.match(/^(?:0x)?([0-9a-f]{40})$/);
  return near
    ? `${problem}: got ${shown}; did you mean did:mapae:${network}:0x${near[1]}?`
    : `${problem}: got ${shown}, wanted ${wanted}`;
}
