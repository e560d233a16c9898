import type { StatusListState } from "./apply-status-event.ts";
import { StatusListError } from "./status-list-error.ts";

/**
 * The URI that a list's credentials point to, and the `sub` of its tokens: `<baseUri>/<number>`.
 * @returns `undefined` when what was written as its base URI is no text, or the fold began later.
 */
export function listUri({ origin }: Pick<StatusListState, "origin">): string | undefined {
  return origin?.baseUri ? `${origin.baseUri}/${origin.number}` : undefined;
}

/**
 * Refuses a list's URI that nobody should be made to ask: any issuer can write any URL. It is https, its host a domain name and
 * no address, without user or fragment; `http://127.0.0.1` is for the network `local` alone. Where the name leads to is for
 * the caller that connects to check: a browser can't know.
 *
 * @param network name of the network whose issuer wrote the URI.
 * @throws StatusListError `STATUS_LIST_URI`
 */
export function expectPublicUri(uri: string, network: string): void {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  const isOwnMachine = network === "local" && url?.protocol === "http:" && url.hostname === "127.0.0.1";
  // The parser has turned every spelling of an address into digits, or into brackets.
  const isName = url?.protocol === "https:" && /\.[a-z](?:[a-z0-9-]*[a-z0-9])?\.?$/.test(url.hostname);
  const isInside = /\.(?:local|localhost|internal|home\.arpa)\.?$/.test(url?.hostname ?? "");
  const hasUser = url?.username !== "" || url.password !== "";
  if ((isOwnMachine || (isName && !isInside)) && !hasUser && !uri.includes("#")) return;
  throw new StatusListError(
    "STATUS_LIST_URI",
    `The list is at ${JSON.stringify(uri.slice(0, 200))}, wanted https with a public domain name`,
  );
}
