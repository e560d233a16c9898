import type { StatusListState } from "./apply-status-event.ts";
import { StatusListError } from "./status-list-error.ts";

/**
 * The URI that a list's credentials point to, and the `sub` of its tokens: `<baseUri>/<number>`.
 * @returns `undefined` when its base URI is not UTF-8, or the fold began at a checkpoint.
 */
export function listUri({ origin }: Pick<StatusListState, "origin">): string | undefined {
  return origin?.baseUri ? `${origin.baseUri}/${origin.number}` : undefined;
}

/**
 * Refuses a list's URI that is not public, because an issuer can register any URL. It has to be https, with a domain name and
 * not an IP address as its host, and without user or fragment; `http://127.0.0.1` is allowed in the network `local` only. The
 * caller that connects has to check the address that the name resolves to, because a browser can't.
 *
 * @param network name of the network whose issuer wrote the URI.
 * @throws StatusListError `STATUS_LIST_URI`
 */
export function expectPublicUri(uri: string, network: string): void {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  const isOwnMachine = network === "local" && url?.protocol === "http:" && url.hostname === "127.0.0.1";
  // The URL parser normalises every spelling of an IP address to digits or brackets.
  const isName = url?.protocol === "https:" && /\.[a-z](?:[a-z0-9-]*[a-z0-9])?\.?$/.test(url.hostname);
  const isInside = /\.(?:local|localhost|internal|home\.arpa)\.?$/.test(url?.hostname ?? "");
  const hasUser = url?.username !== "" || url.password !== "";
  if ((isOwnMachine || (isName && !isInside)) && !hasUser && !uri.includes("#")) return;
  throw new StatusListError(
    "STATUS_LIST_URI",
    `The list is at ${JSON.stringify(uri.slice(0, 200))}, wanted https with a public domain name`,
  );
}
