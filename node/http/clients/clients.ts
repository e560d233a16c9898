import type { IncomingMessage } from "node:http";
import { BlockList, isIPv4, isIPv6 } from "node:net";

/** What tells clients apart: an IPv4 address, or the /64 of an IPv6 address, of which one subscriber has all addresses. */
export type Client = string;

/** Tells clients apart. `undefined` stands for those that can't be told apart, which have no share of their own. */
export interface Clients {
  /** Of a connection, before any request: `undefined` for a trusted proxy, which carries the requests of many. */
  ofAddress(address: string | undefined): Client | undefined;
  /** Of a request: what a trusted proxy says in `X-Forwarded-For`, else the address of the connection. */
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
 * @param trusted the proxies whose `X-Forwarded-For` is believed; see {@link isAddressRange}. 127.0.0.1 and ::1 have no share
 * of their own, trusted or not: a proxy of this machine that names no clients has all of them.
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
      // Each proxy appends whom it was asked by: the last address that is no proxy of ours was seen by one of ours.
      const chain = String(forwarded)
        .split(",")
        .map((one) => unmapped(one.trim()));
      const client = chain.findLast((address) => !isProxy(address));
      return client === undefined ? undefined : clientOf(client);
    },
  };
}

/** As a socket of both families shows an IPv4 address (RFC 4291, section 2.5.5.2). */
function unmapped(address: string): string {
  const tail = address.replace(/^::ffff:/i, "");
  return isIPv4(tail) ? tail : address;
}

function isThisMachine(address: string): boolean {
  return address === "127.0.0.1" || address === "::1";
}

/** What is no address, such as `unknown`, tells nobody apart. */
function clientOf(address: string): Client | undefined {
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return undefined;
  const [head = "", tail] = (address.split("%", 1)[0] ?? "").toLowerCase().split("::");
  const groups = head === "" ? [] : head.split(":");
  // Where zeros are left out, the head is shorter than the /64 unless what is left out is behind it.
  const behind = tail === undefined || tail === "" ? [] : tail.split(":");
  const width = behind.length + (behind.at(-1)?.includes(".") ? 1 : 0);
  const zeros = tail === undefined ? 0 : 8 - groups.length - width;
  const all = [...groups, ...Array<string>(zeros).fill("0"), ...behind];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}
