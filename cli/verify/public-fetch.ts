import { lookup as systemLookup } from "node:dns";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import type { LookupFunction } from "node:net";
import { Readable } from "node:stream";
import ipaddr from "ipaddr.js";
import type { FetchListOptions } from "../../resolver/index.ts";

type Fetch = FetchListOptions["fetch"];

/** The only IPv6 addresses that are assigned for the public internet (RFC 4291, section 2.4; IANA). */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");

/** Whether an address belongs to the public internet, and not to a range for a special purpose. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  return parsed.range() === "unicast" && (parsed.kind() === "ipv4" || parsed.match(GLOBAL_UNICAST));
}

/**
 * A `fetch` for untrusted URLs. It connects to public addresses only: a name is resolved once, for the connection itself, and
 * the resolved addresses are checked. It follows no redirect. Plain http is not restricted here, because callers allow it only
 * for this machine.
 *
 * @param lookup replaces the system's.
 */
export function publicFetch(lookup: LookupFunction = systemLookup as LookupFunction): Fetch {
  const publicLookup: LookupFunction = (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      const addresses = typeof found === "string" ? [] : found;
      const inside = addresses.find(({ address }) => !isPublicAddress(address));
      const refusal = inside && new Error(`${hostname} resolves to ${inside.address}, which is no public address`);
      const [first] = addresses;
      if (error ?? refusal) return done(error ?? refusal ?? null, "");
      if (first === undefined) return done(new Error(`${hostname} has no address`), "");
      if (options.all) return done(null, addresses);
      done(null, first.address, first.family);
    });
  };
  return async (url, init) => {
    if (!url.startsWith("https:")) return fetch(url, init);
    // For an address in place of a name there is no lookup.
    const host = new URL(url).hostname.replace(/^\[|\]$/g, "");
    if (ipaddr.isValid(host) && !isPublicAddress(host)) throw new Error(`${host} is no public address`);
    return new Promise((resolve, reject) => {
      const headers = Object.fromEntries(new Headers(init.headers));
      const asked = request(url, { headers, lookup: publicLookup, signal: init.signal ?? undefined }, (answer) => {
        try {
          resolve(responseOf(answer));
        } catch (error) {
          answer.destroy();
          reject(error);
        }
      });
      asked.once("error", reject).end();
    });
  };
}

/**
 * An answer in the form of `fetch`.
 * @throws Error for a status that HTTP does not have (RFC 9110, section 15): `Response` refuses it.
 */
export function responseOf(answer: IncomingMessage): Response {
  const { statusCode: status = 0 } = answer;
  if (status < 200 || status > 599) throw new Error(`it answered HTTP ${status}`);
  const isBare = [204, 205, 304].includes(status);
  const body = isBare ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>);
  return new Response(body, { status });
}

/**
 * A `fetch` for status lists: {@link publicFetch} for their own URIs, which issuers chose, and an ordinary one for the node that the
 * caller named, which may be on a private network.
 */
export function listFetch(node: string | undefined): Fetch {
  const untrusted = publicFetch();
  return (url, init) => (node !== undefined && url.startsWith(`${node}/`) ? fetch(url, init) : untrusted(url, init));
}
