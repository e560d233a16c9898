import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { test } from "node:test";
import { clientsBehind, isAddressRange } from "../../../node/http/clients/clients.ts";

const clients = clientsBehind(["127.0.0.1", "10.0.0.0/8", "fd00::/8"]);
const of = (remoteAddress: string, forwarded?: string) =>
  clients.ofRequest({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded },
  } as unknown as IncomingMessage);

test("a client is an IPv4 address or the /64 of an IPv6 address; this machine and proxies are none", () => {
  for (const [address, client] of [
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["127.0.0.2", "127.0.0.2"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2::6", "2001:db8:1:2::/64"],
    ["2001:db8::3:4:5:6", "2001:db8:0:0::/64"],
    ["2001:db8::", "2001:db8:0:0::/64"],
    ["64:ff9b::192.0.2.1", "64:ff9b:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["fe80::1%eth-0.1:2", "fe80:0:0:0::/64"],
    ["::2", "0:0:0:0::/64"],
    ["127.0.0.1", undefined],
    ["::ffff:127.0.0.1", undefined],
    ["::1", undefined],
    ["10.200.0.1", undefined],
    ["fd12::1", undefined],
    ["", undefined],
  ] as const) {
    assert.equal(clients.ofAddress(address), client, address);
  }
});

test("of X-Forwarded-For the last address that is no trusted proxy is the client, said by a trusted proxy alone", () => {
  for (const [peer, forwarded, client] of [
    ["10.0.0.1", "192.0.2.1", "192.0.2.1"],
    ["::ffff:10.0.0.1", "192.0.2.1", "192.0.2.1"],
    ["10.0.0.1", "203.0.113.9, 192.0.2.1, 10.0.0.2", "192.0.2.1"],
    ["127.0.0.1", "2001:db8::1", "2001:db8:0:0::/64"],
    ["10.0.0.1", "10.0.0.2", undefined],
    ["10.0.0.1", "unknown", undefined],
    ["10.0.0.1", "", undefined],
    ["10.0.0.1", undefined, undefined],
    ["192.0.2.7", "192.0.2.1", "192.0.2.7"],
    ["::1", "192.0.2.1", undefined],
  ] as const) {
    assert.equal(of(peer, forwarded), client, `${peer} ${forwarded}`);
  }
});

test("an address range is an address, with or without the length of a prefix", () => {
  for (const range of ["10.0.0.1", "10.0.0.0/8", "0.0.0.0/0", "fd00::/8", "::1/128"])
    assert(isAddressRange(range), range);
  for (const range of [
    "",
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "10.0.0/8",
    "fd00::/129",
    "proxy.example",
    "10.0.0.0/-1",
  ])
    assert(!isAddressRange(range), range);
});
