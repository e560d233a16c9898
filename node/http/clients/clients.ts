import type { IncomingMessage } from "node:http";
import { BlockList, isIPv4, isIPv6 } from "node:net";
import ipaddr from "ipaddr.js";

/** Identifies a client: an IPv4 address, or the /64 of an IPv6 address, whose addresses all belong to one subscriber. */
export type Client = string;

/** Identifies clients. `undefined` stands for clients that can't be identified, which have no share of their own. */
export interface Clients {
  /** The client of a connection, before any request; `undefined` for a trusted proxy, which forwards requests of many clients. */
  ofAddress(address: string | undefined): Client | undefined;
  /** The client of a request: by `X-Forwarded-For` from a trusted proxy, otherwise by the address of the connection. */
  ofRequest(request: IncomingMessage): Client | undefined;
}

/** An address, or a range such as `10.0.0.0/8`. */
export function isAddressRange(text: string): boolean {
  const [address = "", length, ...rest] = text.split("/");
  const bits = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1;
  return (
    bits > 0 && rest.length === 0 && (length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= bits))
  );
}

/**
 * @param trusted the proxies whose `X-Forwarded-For` is trusted; see {@link isAddressRange}. 127.0.0.1 and ::1 have no share
 * of their own, even when not trusted: a proxy on this machine that does not name its clients forwards the requests of all
 * of them.
 */
export function clientsBehind(trusted: readonly string[]): Clients {
  const proxies = new BlockList();
  for (const range of trusted) {
    const [address = "", length] = range.split("/");
    const family = isIPv4(address) ? "ipv4" : "ipv6";
    if (length === undefined) proxies.addAddress(address, family);
    else proxies.addSubnet(address, Number(length), family);
  }
  const isProxy = (address: string) => proxies.check(address, isIPv4(address) ? "ipv4" : "ipv6");
  const ofAddress = (raw = "") => {
    const address = unmapped(raw);
    return isThisMachine(address) || isProxy(address) ? undefined : clientOf(address);
  };
  return {
    ofAddress,
    ofRequest({ socket: { remoteAddress }, headers: { "x-forwarded-for": forwarded } }) {
      const peer = unmapped(remoteAddress ?? "");
      if (forwarded === undefined || !isProxy(peer)) return ofAddress(peer);
      // Each proxy appends the address of its client: the last address that is not a trusted proxy was reported by one.
      const chain = String(forwarded)
        .split(",")
        .map((one) => unmapped(one.trim()));
      const client = chain.findLast((address) => !isProxy(address));
      return client === undefined ? undefined : clientOf(client);
    },
  };
}

/** The IPv4 address of an IPv4-mapped IPv6 address (RFC 4291, section 2.5.5.2), as dual-stack sockets report it. */
function unmapped(address: string): string {
  const tail = address.replace(/^::ffff:/i, "");
  return isIPv4(tail) ? tail : address;
}

function isThisMachine(address: string): boolean {
  return address === "127.0.0.1" || address === "::1";
}

/** The client for an address; `undefined` for other texts, such as `unknown`. */
function clientOf(address: string): Client | undefined {
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return undefined;
  // Zones are cut off, because ipaddr.js reads fewer of them than the operating system may report.
  const [bare = ""] = address.split("%", 1);
  const [a, b, c, d] = ipaddr.IPv6.parse(bare).parts.map((part) => part.toString(16));
  return `${a}:${b}:${c}:${d}::/64`;
}
