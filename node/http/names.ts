import { type MapaeDid, parseDid } from "../../resolver/did/did.ts";
import { ResolutionError } from "../../resolver/errors.ts";
import type { Address, Hash } from "../../resolver/primitives/hex.ts";
import { keccak256Text } from "../../resolver/primitives/keccak.ts";
import { MAX_URI_BYTES } from "../../resolver/trust/decode-trust-log.ts";

/** The form of the id of a credential type, a grant or a list. */
export const IS_ID = /^0x[0-9a-f]{64}$/;

/** A status list by its issuer's address and its number among the issuer's lists. */
export interface ListName {
  readonly issuer: Address;
  readonly number: bigint;
}

/**
 * A DID of the network that is served.
 * @throws ResolutionError as `parseDid` and {@link expectNetwork}.
 */
export function ownDid(text: string, network: string): MapaeDid {
  const did = parseDid(text);
  expectNetwork(did, network);
  return did;
}

/** @throws ResolutionError `FEATURE_NOT_SUPPORTED` for a DID of another network than the one that is served. */
export function expectNetwork(did: MapaeDid, network: string): void {
  if (did.network === network) return;
  const detail = `Got a DID of network ${did.network}, this node serves ${network} only`;
  throw new ResolutionError("FEATURE_NOT_SUPPORTED", detail);
}

/**
 * The id of a type, from the id itself or its URI.
 * @throws ResolutionError `INVALID_OPTIONS`
 */
export function typeIdOf(text: string): Hash {
  if (IS_ID.test(text)) return text as Hash;
  if (text.length <= MAX_URI_BYTES && /^[\x21-\x7e]+$/.test(text)) return keccak256Text(text);
  const got = JSON.stringify(text.slice(0, 100));
  throw new ResolutionError("INVALID_OPTIONS", `type is ${got}, wanted the URI of a credential type, or its id`);
}

/** A list from `<issuer's address in lower case>/<number>`; `undefined` for any other text. */
export function listNameOf(text: string): ListName | undefined {
  const [issuer = "", digits = "", ...rest] = text.split("/");
  const number = listNumberOf(digits);
  const isList = /^0x[0-9a-f]{40}$/.test(issuer) && number !== undefined && rest.length === 0;
  return isList ? { issuer: issuer as Address, number } : undefined;
}

/** The number of a list, a uint256 in decimal digits without leading zeros; `undefined` for any other text. */
export function listNumberOf(text: string): bigint | undefined {
  const number = /^(?:0|[1-9][0-9]{0,77})$/.test(text) ? BigInt(text) : undefined;
  return number !== undefined && number < 2n ** 256n ? number : undefined;
}
