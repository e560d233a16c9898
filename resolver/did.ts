import { MapaeError, ResolutionError } from "./errors.ts";
import type { Address } from "./hex.ts";
import { NETWORK_NAME } from "./network.ts";

/** Longest DID or DID URL that is looked at, in characters. */
export const MAX_DID_URL_LENGTH = 2_048;

/** A DID of this method: one network, one address. */
export interface MapaeDid {
  readonly did: string;
  readonly network: string;
  readonly address: Address;
}

/** A DID URL in its parts (DID Core, section 3.2); `path`, `query` and `fragment` keep their leading character. */
export interface DidUrl {
  readonly did: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

// DID Core, section 3.1: method-name and method-specific-id.
const ANY_DID = /^did:[a-z0-9]+:(?:[A-Za-z0-9._:-]|%[0-9A-Fa-f]{2})+$/;

/** The one spelling of an identity's DID. */
export function formatDid(network: string, address: Address): string {
  return `did:mapae:${network}:${address}`;
}

/**
 * Reads a DID of this method. One subject has one string: nothing is normalised, a near miss is told the right spelling.
 *
 * @throws ResolutionError `INVALID_DID`, or `METHOD_NOT_SUPPORTED` for a well-formed DID of another method.
 */
export function parseDid(text: string): MapaeDid {
  if (text.length > MAX_DID_URL_LENGTH) {
    throw new ResolutionError("INVALID_DID", `A DID has at most ${MAX_DID_URL_LENGTH} characters, got ${text.length}`);
  }
  if (!ANY_DID.test(text)) throw new ResolutionError("INVALID_DID", hint(text, "This is no DID"));
  const [, method, network = "", address = "", ...rest] = text.split(":");
  if (method !== "mapae") {
    throw new ResolutionError("METHOD_NOT_SUPPORTED", `The method did:${method} is not served here, did:mapae is`);
  }
  if (rest.length > 0 || !NETWORK_NAME.test(network) || !/^0x[0-9a-f]{40}$/.test(address)) {
    throw new ResolutionError("INVALID_DID", hint(text, "This is no DID of the method mapae"));
  }
  return { did: text, network, address: address as Address };
}

/** Whether a text is a DID of this method, spelled right. */
export function isMapaeDid(text: string): boolean {
  try {
    parseDid(text);
    return true;
  } catch (error) {
    if (error instanceof MapaeError) return false;
    throw error;
  }
}

/**
 * Splits a DID URL into its DID and the rest. The DID itself is not checked here.
 * @throws ResolutionError `INVALID_DID_URL` when it is too long.
 */
export function splitDidUrl(text: string): DidUrl {
  if (text.length > MAX_DID_URL_LENGTH) {
    throw new ResolutionError(
      "INVALID_DID_URL",
      `A DID URL has at most ${MAX_DID_URL_LENGTH} characters, got ${text.length}`,
    );
  }
  const [beforeFragment, fragment] = cut(text, "#");
  const [beforeQuery, query] = cut(beforeFragment, "?");
  const [did, path] = cut(beforeQuery, "/");
  return { did, path, query, fragment };
}

function cut(text: string, mark: string): [before: string, from: string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at)];
}

function hint(text: string, problem: string): string {
  const shown = JSON.stringify(text.slice(0, 120));
  const wanted = "did:mapae:<network>:0x<40 lower-case hex digits>";
  const [network, address] = text.toLowerCase().split(":").slice(-2);
  const near = network !== undefined && NETWORK_NAME.test(network) && address?.match(/^(?:0x)?([0-9a-f]{40})$/);
  return near
    ? `${problem}: got ${shown}; did you mean did:mapae:${network}:0x${near[1]}?`
    : `${problem}: got ${shown}, wanted ${wanted}`;
}
