import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type LookupFunction } from "node:net";
import { test } from "node:test";
import { isPublicAddress, listFetch, publicFetch, responseOf } from "../../../cli/verify/public-fetch.ts";

test("addresses of one's own network, of none and of special use are no public ones", () => {
  const inside =
    "0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.2.1 192.168.1.1 198.18.0.1 " +
    "203.0.113.9 224.0.0.1 255.255.255.255 :: ::1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 64:ff9b::a00:1 fc00::1 fd12::1 fe80::1 " +
    "ff02::1 2001:db8::1 2001::1 2002:a00:1::";
  for (const address of inside.split(" ")) assert.equal(isPublicAddress(address), false, address);
  for (const address of ["8.8.8.8", "172.32.0.1", "100.128.0.1", "198.20.0.1", "2606:4700::1111", "2400:cb00::1"]) {
    assert.equal(isPublicAddress(address), true, address);
  }
});

/** Resolves every host name to these addresses. */
const leadingTo =
  (...addresses: string[]): LookupFunction =>
  (_hostname, _options, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );

test("a name that leads inside is not connected to, even by one of its addresses alone", async (t) => {
  let connections = 0;
  const server = createServer(() => assert.fail("asked")).listen(0, "127.0.0.1");
  server.on("connection", () => connections++);
  await once(server, "listening");
  t.after(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const url = `https://lists.example:${port}/0`;
  for (const addresses of [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:127.0.0.1"], ["::1"]]) {
    await assert.rejects(publicFetch(leadingTo(...addresses))(url, {}), /which is no public address/, addresses.join());
  }
  for (const host of ["127.0.0.1", "[::1]", "0x7f.1"]) {
    await assert.rejects(publicFetch()(`https://${host}:${port}/0`, {}), /is no public address/, host);
  }
  await assert.rejects(publicFetch(leadingTo())(url, {}), /has no address/);
  const failing: LookupFunction = (_hostname, _options, done) => done(new Error("no such name"), "");
  await assert.rejects(publicFetch(failing)(url, {}), /no such name/);
  assert.equal(connections, 0);
});

test("the node that a user names may be on a private network, lists elsewhere may not", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => void server.close());
  const node = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const connected = once(server, "connection");
  // The server has no certificate, so the request fails after connecting.
  await assert.rejects(
    listFetch(node)(`${node}/status-lists/0x/0`, {}),
    (error: Error) => !/public/.test(error.message),
  );
  await connected;
  for (const other of [`${node}0/0`, `${node}.example/0`, "https://127.0.0.1/0"]) {
    await assert.rejects(listFetch(node)(other, {}), /public address|ENOTFOUND|EAI_AGAIN|Invalid URL/, other);
  }
});

test("an answer with a status that HTTP does not have is an error of its request, and does not end the process", async (t) => {
  let status = 0;
  const server = createTcpServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.end(`HTTP/1.1 ${status} X\r\ncontent-length: 2\r\n\r\nhi`));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const answerWith = async (code: number) => {
    status = code;
    const [answer] = (await once(request({ port, host: "127.0.0.1" }).end(), "response")) as [IncomingMessage];
    return answer;
  };
  for (const code of [600, 999]) {
    const answer = await answerWith(code);
    assert.throws(() => responseOf(answer), { message: `it answered HTTP ${code}` });
    answer.destroy();
  }
  const good = responseOf(await answerWith(599));
  assert.deepEqual([good.status, await good.text()], [599, "hi"]);
});

test("a request that is broken off before it is connected ends", async () => {
  const stopping = new AbortController();
  const never: LookupFunction = () => setImmediate(() => stopping.abort());
  const { signal } = stopping;
  await assert.rejects(publicFetch(never)("https://lists.example/0", { signal }), /abort/i);
});
