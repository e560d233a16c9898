import type { DidDocument, Relationship, Service, VerificationMethod } from "../did/did-document.ts";
import { ResolutionError } from "../errors.ts";
import type { PartOptions } from "./options.ts";

/** The content that a DID URL points to: a document, possibly with only some of its services, or one method or service. */
export type Content =
  | { readonly kind: "document"; readonly document: DidDocument }
  | { readonly kind: "method"; readonly method: VerificationMethod }
  | { readonly kind: "service"; readonly service: Service };

/** What selects a part of a document: options, path and fragment; a fragment that is not empty has its `#`. */
export interface Part extends PartOptions {
  readonly path: string;
  readonly fragment: string;
}

/**
 * Dereferences a DID URL in its document (DID Resolution v1, "DID URL Dereferencing Algorithm").
 *
 * @throws ResolutionError `INVALID_OPTIONS` for a relationship without a fragment, which has to name the method; `NOT_FOUND`
 * when the document has no such part; `INVALID_VERIFICATION_METHOD` and `INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD`
 * (Controlled Identifiers 1.0) when the fragment names no method, or none in that relationship.
 */
export function dereference(document: DidDocument, part: Part): Content {
  expectNoPath(part);
  expectFragment(part);
  const selects = part.service !== undefined || part.serviceType !== undefined;
  const selected = selects ? { ...document, service: selectServices(document, part) } : document;
  const content =
    part.fragment === "" ? { kind: "document" as const, document: selected } : find(selected, part.fragment);
  if (part.verificationRelationship !== undefined) expectRelationship(document, content, part);
  if (content !== undefined) return content;
  throw new ResolutionError("NOT_FOUND", `${document.id} has nothing that is named ${quoted(part.fragment)}`);
}

/**
 * The services that a DID URL selects by id, by type or by both.
 * @throws ResolutionError `NOT_FOUND` when there is none.
 */
export function selectServices(document: DidDocument, { service, serviceType }: PartOptions): Service[] {
  const found = (document.service ?? []).filter(
    ({ id, type }) =>
      (service === undefined || id === absolute(document.id, service)) &&
      (serviceType === undefined || type === serviceType),
  );
  if (found.length > 0) return found;
  const wanted = [service, serviceType].filter((one) => one !== undefined).map(quoted);
  throw new ResolutionError("NOT_FOUND", `${document.id} has no service ${wanted.join(" of type ")}`);
}

/**
 * Refuses a path, which has no meaning in the method `mapae`.
 * @throws ResolutionError `NOT_FOUND`
 */
export function expectNoPath({ path }: Pick<Part, "path">): void {
  if (path !== "")
    throw new ResolutionError("NOT_FOUND", `No path of a DID URL has a meaning here, got ${quoted(path)}`);
}

/**
 * Refuses a relationship without a fragment that names a verification method.
 * @throws ResolutionError `INVALID_OPTIONS`
 */
export function expectFragment({ verificationRelationship, fragment }: Part): void {
  if (verificationRelationship === undefined || fragment !== "") return;
  const detail = "Got verificationRelationship without a fragment, wanted one that names a verification method";
  throw new ResolutionError("INVALID_OPTIONS", detail);
}

function find({ id, verificationMethod, service = [] }: DidDocument, fragment: string): Content | undefined {
  const wanted = `${id}${fragment}`;
  const method = verificationMethod.find((one) => one.id === wanted);
  if (method !== undefined) return { kind: "method", method };
  const found = service.find((one) => one.id === wanted);
  return found && { kind: "service", service: found };
}

function expectRelationship(document: DidDocument, content: Content | undefined, part: Part): void {
  const { fragment, verificationRelationship = "" } = part;
  if (content?.kind !== "method") {
    const detail = `Got verificationRelationship, and ${quoted(fragment)} is no verification method of ${document.id}`;
    throw new ResolutionError("INVALID_VERIFICATION_METHOD", detail);
  }
  const related = isRelationship(verificationRelationship) ? (document[verificationRelationship] ?? []) : [];
  if (related.includes(content.method.id)) return;
  throw new ResolutionError(
    "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD",
    `${content.method.id} is not in ${quoted(verificationRelationship)}`,
  );
}

const RELATIONSHIPS: ReadonlySet<string> = new Set<Relationship>([
  "assertionMethod",
  "authentication",
  "keyAgreement",
  "capabilityInvocation",
]);

function isRelationship(name: string): name is Relationship {
  return RELATIONSHIPS.has(name);
}

/** The id for a reference that is an id, or a fragment with or without `#`. */
function absolute(did: string, reference: string): string {
  if (reference.startsWith("did:")) return reference;
  return reference.startsWith("#") ? `${did}${reference}` : `${did}#${reference}`;
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
