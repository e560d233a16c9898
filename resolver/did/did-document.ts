import type { Address } from "../primitives/hex.ts";
import { checksumAddress } from "../primitives/keccak.ts";
import type { HeadlessDid } from "./apply-event.ts";
import { type KeyReader, RELATIONSHIP_OF, readAttribute, type ServiceEndpoint } from "./attribute.ts";
import { type Entry, entriesInForce } from "./entries.ts";
import { type EntryMethod, methodOf } from "./entry-method.ts";
import type { PublicJwk } from "./key.ts";

/** A key or account that can authenticate or authorize for the subject (DID Core, section 5.2). */
export interface VerificationMethod {
  readonly id: string;
  readonly type: string;
  readonly controller: string;
  readonly blockchainAccountId?: string;
  readonly publicKeyJwk?: PublicJwk;
}

/** A way to communicate with the subject or an entity associated with it (DID Core, section 5.4). */
export interface Service {
  readonly id: string;
  readonly type: string;
  readonly serviceEndpoint: ServiceEndpoint;
}

export type Relationship = "assertionMethod" | "authentication" | "keyAgreement" | "capabilityInvocation";

/** A DID document (DID Core, section 5), without a context: see `represent`. Its members are in a fixed order. */
export interface DidDocument extends Partial<Record<Relationship, readonly string[]>> {
  readonly id: string;
  readonly alsoKnownAs?: readonly string[];
  readonly verificationMethod: readonly VerificationMethod[];
  readonly service?: readonly Service[];
}

/** What determines a document: an identity's state and the moment. */
export interface DocumentOptions {
  readonly did: string;
  readonly chainId: number;
  /** An identity that is not deactivated. */
  readonly state: HeadlessDid;
  /** The moment judged, in Unix seconds: an entry is in the document while `at <= validTo`. */
  readonly at: number;
  /** Reads keys; a `keyCache` saves time where many documents are built. */
  readonly keyOf?: KeyReader | undefined;
}

/** A document, and when it changes without an event. Times are in Unix seconds. */
export interface TimedDocument {
  readonly document: DidDocument;
  /**
   * Last second in which each method, service or other URI is in the document, by its id; those without an end are left out.
   * A URI that is also the id of a method or service has no end of its own here.
   */
  readonly validTo: ReadonlyMap<string, number>;
  /** Last second in which the whole document is valid; `undefined` when only an event can change it. */
  readonly holdsUntil: number | undefined;
}

/** The type of methods with a JWK in DID Core 1.0. */
export const JWK_METHOD = "JsonWebKey2020";
const ACCOUNT_METHOD = "EcdsaSecp256k1RecoveryMethod2020";

/**
 * The DID document of an identity at a moment: `docs/did-method-mapae.md`, "From events to a document". A pure function: every
 * caller gets the same bytes.
 */
export function didDocument({ did, chainId, state, at, keyOf }: DocumentOptions): TimedDocument {
  const live = entriesInForce(state.entries, at);
  const validTo = new Map<string, number>();
  const methods = new Map<string, VerificationMethod>();
  const related: Record<Relationship, Set<string>> = {
    assertionMethod: new Set(),
    authentication: new Set(),
    keyAgreement: new Set(),
    capabilityInvocation: new Set(),
  };
  const alsoKnownAs = new Map<string, number>();
  const services: (Service & { entry: Entry })[] = [];

  const controller = accountMethod(did, "controller", chainId, state.owner);
  methods.set(controller.id, controller);
  // The account that controls the DID signs no credentials.
  related.capabilityInvocation.add(controller.id);

  const add = (method: VerificationMethod, relationship: Relationship, entry: Entry) => {
    methods.set(method.id, method);
    related[relationship].add(method.id);
    extend(validTo, method.id, entry.validTo);
  };

  for (const entry of live) {
    const method = methodOf(entry, keyOf);
    if (method !== undefined) {
      add(verificationMethod(did, chainId, method, entry), RELATIONSHIP_OF[method.purpose], entry);
      continue;
    }
    const attribute = entry.kind === "attribute" ? readAttribute(entry, keyOf) : undefined;
    if (attribute?.kind === "alsoKnownAs") {
      extend(alsoKnownAs, attribute.uri, entry.validTo);
    } else if (attribute?.kind === "service") {
      const { fragment, type, endpoint } = attribute;
      services.push({ id: `${did}#${fragment}`, type, serviceEndpoint: endpoint, entry });
    }
  }

  const service: Service[] = [];
  for (const { entry, ...one } of services) {
    // Ids are unique: a service with the id of a method is left out.
    if (methods.has(one.id)) continue;
    service.push(one);
    extend(validTo, one.id, entry.validTo);
  }
  // Anybody can name any URI: one that is the id of a key must not hide the key's end, nor give an end to the controller.
  for (const [uri, until] of alsoKnownAs) if (!methods.has(uri) && !validTo.has(uri)) validTo.set(uri, until);

  const document: DidDocument = {
    id: did,
    ...(alsoKnownAs.size > 0 && { alsoKnownAs: [...alsoKnownAs.keys()] }),
    verificationMethod: [...methods.values()],
    ...nonEmpty(related),
    ...(service.length > 0 && { service }),
  };
  return { document, validTo, holdsUntil: live.length > 0 ? Math.min(...live.map((one) => one.validTo)) : undefined };
}

function verificationMethod(
  did: string,
  chainId: number,
  { fragment, jwk }: EntryMethod,
  entry: Entry,
): VerificationMethod {
  if (jwk === undefined) return accountMethod(did, fragment, chainId, entry.value);
  return { id: `${did}#${fragment}`, type: JWK_METHOD, controller: did, publicKeyJwk: jwk };
}

function accountMethod(did: string, fragment: string, chainId: number, account: Address): VerificationMethod {
  // The CAIP-10 account of an EIP-155 chain, with the address in EIP-55 spelling.
  const blockchainAccountId = `eip155:${chainId}:${checksumAddress(account)}`;
  return { id: `${did}#${fragment}`, type: ACCOUNT_METHOD, controller: did, blockchainAccountId };
}

function nonEmpty(related: Record<Relationship, Set<string>>): Partial<Record<Relationship, string[]>> {
  const found: Partial<Record<Relationship, string[]>> = {};
  for (const one of Object.keys(related) as Relationship[]) if (related[one].size > 0) found[one] = [...related[one]];
  return found;
}

/** A method or service that comes from several entries stays in the document until the last of them expires. */
function extend(validTo: Map<string, number>, id: string, until: number): void {
  validTo.set(id, Math.max(until, validTo.get(id) ?? 0));
}
