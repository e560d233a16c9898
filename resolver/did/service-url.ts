import { ResolutionError } from "../errors.ts";
import { selectServices } from "../resolution/dereference.ts";
import type { PartOptions } from "../resolution/options.ts";
import type { ServiceEndpoint } from "./attribute.ts";
import type { DidDocument } from "./did-document.ts";

/** The parameters that make a URL out of a service. */
export type ServiceReference = PartOptions & { readonly fragment: string };

/**
 * The URLs of the services that a DID URL selects, in the order of the document, each joined with `relativeRef` (RFC 3986,
 * section 5) and with the DID URL's fragment. Only those are given that a client may be sent to: `https`, without a user or
 * password, on the very host that the controller wrote down.
 *
 * @throws ResolutionError `NOT_FOUND` for a service that is not there; `REPRESENTATION_NOT_SUPPORTED` when none of the endpoints
 * is such a URL; `INVALID_DID_URL` when endpoint and DID URL both have a fragment.
 */
export function serviceUrls(document: DidDocument, reference: ServiceReference): string[] {
  const endpoints = selectServices(document, reference).flatMap(({ serviceEndpoint }) => strings(serviceEndpoint));
  const urls = endpoints.flatMap((endpoint) => joined(endpoint, reference));
  if (urls.length > 0) return urls;
  throw new ResolutionError(
    "REPRESENTATION_NOT_SUPPORTED",
    `No endpoint of this service is an https URL that a client can be sent to; ask for the document instead`,
  );
}

function strings(endpoint: ServiceEndpoint): string[] {
  const all = Array.isArray(endpoint) ? endpoint : [endpoint];
  return all.filter((one) => typeof one === "string");
}

function joined(endpoint: string, { relativeRef, fragment }: ServiceReference): string[] {
  if (!isHttps(endpoint)) return [];
  const url = relativeRef === undefined ? endpoint : new URL(relativeRef, endpoint).href;
  // Where the reference would lead elsewhere after all, nobody is sent.
  if (new URL(url).origin !== new URL(endpoint).origin) return [];
  if (fragment === "") return [url];
  if (!url.includes("#")) return [`${url}${fragment}`];
  throw new ResolutionError(
    "INVALID_DID_URL",
    `Got the fragment ${fragment.slice(0, 100)}, but the endpoint has one already`,
  );
}

function isHttps(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return protocol === "https:" && username === "" && password === "";
}
