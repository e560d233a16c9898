import { MapaeError } from "../errors.ts";
import { type Hash, type Hex, toBytes } from "../primitives/hex.ts";
import { keccak256 } from "../primitives/keccak.ts";
import { IJsonError, parseIJson } from "./i-json.ts";
import { KEY_ALGORITHMS, type KeyAlgorithm, type PublicJwk, publicJwk } from "./key.ts";

/**
 * The purposes of a key by their names in attributes and delegates, with the verification relationship of DID Core for each.
 */
export const RELATIONSHIP_OF = {
  veriKey: "assertionMethod",
  sigAuth: "authentication",
  enc: "keyAgreement",
} as const;
/** One of {@link RELATIONSHIP_OF}: `veriKey`, `sigAuth` or `enc`. */
export type KeyPurpose = keyof typeof RELATIONSHIP_OF;

/** A service endpoint: a URI, a map, or a list of these (DID Core, section 5.4). */
export type ServiceEndpoint = string | Record<string, unknown> | (string | Record<string, unknown>)[];

/** The meaning of an attribute. */
export type Attribute =
  | { readonly kind: "key"; readonly jwk: PublicJwk; readonly purpose: KeyPurpose }
  | { readonly kind: "service"; readonly type: string; readonly fragment: string; readonly endpoint: ServiceEndpoint }
  | { readonly kind: "alsoKnownAs"; readonly uri: string };

const KEY_NAME = new RegExp(
  `^did/pub/(?<algorithm>${KEY_ALGORITHMS.join("|")})/(?<purpose>veriKey|sigAuth|enc)(?:/(?:hex|base64|base58))?$`,
);
const SERVICE_NAME = /^did\/svc\/(?<type>[A-Za-z0-9_]+)(?:\/(?<fragment>[A-Za-z0-9_]+))?$/;
const ALSO_KNOWN_AS = "did/aka";

// RFC 3986, section 3, as far as an expression of linear time can check it: a scheme, then only characters that a URI may
// contain.
const URI = /^[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$/;

/**
 * Reads an attribute of the registry.
 * @returns `undefined` for an attribute without a meaning in a document: an unknown name, or a value that is no point on its
 * curve, not UTF-8 or no URI. It stays in the history and is left out of documents.
 * @param keyOf reads keys; a `keyCache` saves time where the same keys are read often.
 */
export function readAttribute(
  { name, value }: { readonly name: Hash; readonly value: Hex },
  keyOf: KeyReader = readKey,
): Attribute | undefined {
  const text = utf8(trimZeros(name));
  if (text === ALSO_KNOWN_AS) {
    const uri = utf8(value);
    return URI.test(uri) ? { kind: "alsoKnownAs", uri } : undefined;
  }
  const key = KEY_NAME.exec(text)?.groups;
  if (key !== undefined) {
    const jwk = keyOf(key.algorithm as KeyAlgorithm, value);
    return jwk && { kind: "key", jwk, purpose: key.purpose as KeyPurpose };
  }
  const service = SERVICE_NAME.exec(text)?.groups;
  if (service !== undefined) {
    const endpoint = endpointOf(utf8(value));
    const fragment = service.fragment ?? `svc-${keccak256(name, value).slice(2, 18)}`;
    return endpoint === undefined ? undefined : { kind: "service", type: service.type ?? "", fragment, endpoint };
  }
  return undefined;
}

/** Reads the value of a key attribute: {@link publicJwk}, or a cache in front of it. */
export type KeyReader = (algorithm: KeyAlgorithm, value: Hex) => PublicJwk | undefined;

/** {@link publicJwk} of an attribute's value. */
export const readKey: KeyReader = (algorithm, value) => publicJwk(algorithm, toBytes(value));

/** The start of every service's name: `did/svc/`. */
const SERVICE_DIGITS = "0x6469642f7376632f";

/** The fragment in the name of a service attribute; `undefined` when it has none. */
export function serviceFragment(name: Hash): string | undefined {
  // A node calls this for each attribute that is set, and most are not services.
  if (!name.startsWith(SERVICE_DIGITS)) return undefined;
  return SERVICE_NAME.exec(utf8(trimZeros(name)))?.groups?.fragment;
}

/** The purpose that a delegate type names; `undefined` for other types, such as `status`. */
export function delegatePurpose(delegateType: Hash): "veriKey" | "sigAuth" | undefined {
  const text = utf8(trimZeros(delegateType));
  return text === "veriKey" || text === "sigAuth" ? text : undefined;
}

function endpointOf(text: string): ServiceEndpoint | undefined {
  try {
    return readEndpoint(text);
  } catch (error) {
    if (error instanceof EndpointError) return undefined;
    throw error;
  }
}

/** A text is no valid endpoint of a service. */
export class EndpointError extends MapaeError {
  readonly code = "INVALID_ENDPOINT";
}

/**
 * Reads the endpoint of a service: a URI, or I-JSON that is a map, a URI, or a non-empty list of these
 * (`docs/did-method-mapae.md`, "Services").
 *
 * @throws EndpointError saying what is wrong.
 */
export function readEndpoint(text: string): ServiceEndpoint {
  if (URI.test(text)) return text;
  let json: unknown;
  try {
    json = parseIJson(text);
  } catch (cause) {
    if (!(cause instanceof IJsonError)) throw cause;
    throw new EndpointError(`Got ${shown(text)}, which is no URI, and no JSON for an endpoint: ${cause.message}`, {
      cause,
    });
  }
  if (Array.isArray(json) ? json.length > 0 && json.every(isUriOrMap) : isUriOrMap(json))
    return json as ServiceEndpoint;
  throw new EndpointError(`Got ${shown(text)}, wanted a URI, a JSON object, or a list of these that is not empty`);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}

function isUriOrMap(value: unknown): value is string | Record<string, unknown> {
  if (typeof value === "string") return URI.test(value);
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function trimZeros(hex: Hex): Hex {
  let end = hex.length;
  while (end > 2 && hex.endsWith("00", end)) end -= 2;
  return hex.slice(0, end) as Hex;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of bytes; the empty one, which has no meaning anywhere, when they are no UTF-8. */
function utf8(hex: Hex): string {
  try {
    return decoder.decode(toBytes(hex));
  } catch {
    return "";
  }
}
