import { ResolutionError } from "../errors.ts";
import { selectServices } from "../resolution/dereference.ts";
import type { PartOptions } from "../resolution/options.ts";
import type { ServiceEndpoint } from "./attribute.ts";
import type { DidDocument } from "./did-document.ts";

/** The parameters of a DID URL that select a service and form a URL from its endpoint. */
export type ServiceReference = PartOptions & { readonly fragment: string };

/**
 * The URLs of the services that a DID URL selects, in the order of the document, each joined with `relativeRef` (RFC 3986,
 * section 5) and with the DID URL's fragment. Only URLs to which a client may be redirected are returned: `https`, without a
 * user or password, on the host and below the path of the endpoint.
 *
 * @throws ResolutionError `NOT_FOUND` for a service that is not there; `REPRESENTATION_NOT_SUPPORTED` when none of the
 * endpoints is such a URL; `INVALID_OPTIONS` when `relativeRef` leads out of all endpoints; `INVALID_DID_URL` when endpoint and
 * DID URL both have a fragment.
 */
export function serviceUrls(document: DidDocument, reference: ServiceReference): string[] {
  const all = selectServices(document, reference).flatMap(({ serviceEndpoint }) => strings(serviceEndpoint));
  const endpoints = all.filter(isHttps);
  const urls = endpoints.flatMap((endpoint) => joined(endpoint, reference));
  if (urls.length > 0) return urls;
  if (endpoints.length > 0) {
    throw new ResolutionError(
      "INVALID_OPTIONS",
      `relativeRef is ${JSON.stringify(reference.relativeRef?.slice(0, 100))}, which leads out of the endpoint; wanted one below it`,
    );
  }
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
  const url = relativeRef === undefined ? endpoint : new URL(relativeRef, endpoint).href;
  if (!isBelow(new URL(url), new URL(endpoint))) return [];
  if (fragment === "") return [url];
  if (!url.includes("#")) return [`${url}${fragment}`];
  throw new ResolutionError(
    "INVALID_DID_URL",
    `Got the fragment ${fragment.slice(0, 100)}, but the endpoint has one already`,
  );
}

/** Parties may share a host, each with a path of its own: the controller's are the path of its endpoint and those below. */
function isBelow(url: URL, endpoint: URL): boolean {
  if (url.origin !== endpoint.origin) return false;
  if (url.pathname === endpoint.pathname) return true;
  const folder = endpoint.pathname.replace(/\/?$/, "/");
  return url.pathname.startsWith(folder) && !ENCODED_DOTS.test(url.pathname);
}

/**
 * Dot segments between encoded slashes, or with parameters behind a semicolon: a server that decodes a path before it splits it,
 * or drops such parameters, would leave the path.
 */
const ENCODED_DOTS = /(?:\/|%2f|%5c)(?:\.|%2e){2}(?:\/|%2f|%5c|;|%3b|$)/i;

function isHttps(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return protocol === "https:" && username === "" && password === "";
}
