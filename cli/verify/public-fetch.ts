import { lookup as systemLookup } from "node:dns";
import { request } from "node:https";
import { BlockList, isIPv6, type LookupFunction } from "node:net";
import { Readable } from "node:stream";
import type { FetchListOptions } from "../../resolver/index.ts";

type Fetch = FetchListOptions["fetch"];

/** Addresses that are nobody's on the open internet (IANA special-purpose registries). */
const INSIDE = new BlockList();
for (const [net, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
] as const) {
  INSIDE.addSubnet(net, prefix, "ipv4");
}
for (const [net, prefix] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
] as const) {
  INSIDE.addSubnet(net, prefix, "ipv6");
}
const GLOBAL_UNICAST = new BlockList();
GLOBAL_UNICAST.addSubnet("2000::", 3, "ipv6");

/** Whether an address is one of the open internet. */
export function isPublicAddress(address: string): boolean {
  if (!isIPv6(address)) return !INSIDE.check(address, "ipv4");
  return GLOBAL_UNICAST.check(address, "ipv6") && !INSIDE.check(address, "ipv6");
}

/**
 * A `fetch` for URLs that a stranger wrote: it connects to public addresses only, whatever a name leads to, and looks a name up
 * once, for the connection itself. It follows no redirect. Plain http is fetched as it is: only this machine's is allowed before.
 *
 * @param lookup in place of the system's.
 */
export function publicFetch(lookup: LookupFunction = systemLookup as LookupFunction): Fetch {
  const publicLookup: LookupFunction = (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      const addresses = typeof found === "string" ? [] : found;
      const inside = addresses.find(({ address }) => !isPublicAddress(address));
      const refusal = inside && new Error(`${hostname} leads to ${inside.address}, which is no public address`);
      const [first] = addresses;
      if (error ?? refusal) return done(error ?? refusal ?? null, "");
      if (first === undefined) return done(new Error(`${hostname} leads nowhere`), "");
      if (options.all) return done(null, addresses);
      done(null, first.address, first.family);
    });
  };
  return (url, init) => {
    if (!url.startsWith("https:")) return fetch(url, init);
    return new Promise((resolve, reject) => {
      const headers = Object.fromEntries(new Headers(init.headers));
      const asked = request(url, { headers, lookup: publicLookup, signal: init.signal ?? undefined }, (answer) => {
        const { statusCode = 0 } = answer;
        const hasBody = statusCode >= 200 && ![204, 205, 304].includes(statusCode);
        if (statusCode < 200) return void reject(new Error(`it answered HTTP ${statusCode}`));
        const body = hasBody ? (Readable.toWeb(answer) as ReadableStream<Uint8Array>) : null;
        resolve(new Response(body, { status: statusCode }));
      });
      asked.once("error", reject).end();
    });
  };
}
