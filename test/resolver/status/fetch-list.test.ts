import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { UnavailableError } from "../../../resolver/errors.ts";
import { type FetchListOptions, fetchStatusList } from "../../../resolver/status/fetch-list.ts";
import { expectPublicUri } from "../../../resolver/status/list-uri.ts";
import { MAX_TOKEN_LENGTH, statusAt } from "../../../resolver/status/status-list.ts";
import { assertCode } from "../../helpers/assert-code.ts";
import { simulatedList } from "../../helpers/chain-simulator.ts";
import { ISSUER, PATH, startServedNode, status, URI } from "../../node/lists/served-node.ts";

/** A node that serves a list, and what a verifier gives to fetch it. */
async function staged(t: TestContext) {
  const served = await startServedNode(t);
  await served.mine(status(0, [7, 9, 200]));
  const state = served.node.index.state("list", simulatedList(1, 0)) ?? assert.fail("no list");
  const { document, now } = served.expected();
  const options: FetchListOptions = { uri: URI, state, document, now, network: "local", fetch };
  return { served, options };
}

/** A server of whatever, on a port of its own. */
async function serve(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const never = () => assert.fail("it was fetched");

test("a list is fetched whole from its own URI, or the same bytes from any node, and verified", async (t) => {
  const { served, options } = await staged(t);
  const asked: string[] = [];
  const atUri: typeof fetch = (url, init) => {
    asked.push(String(url));
    assert.deepEqual([init?.redirect, init?.credentials], ["error", "omit"]);
    return fetch(`${served.url}${PATH}`, init);
  };
  for (const given of [{ fetch: atUri }, { node: served.url }, { node: `${served.url}/` }]) {
    const { list } = await fetchStatusList({ ...options, ...given });
    assert.deepEqual([statusAt(list, 7), statusAt(list, 9), statusAt(list, 8)], [1, 2, 0]);
  }
  assert.deepEqual(asked, [URI], "nobody is told which credential");
});

test("a URI that is not the issuer's list on the chain is never fetched", async (t) => {
  const { options } = await staged(t);
  const others = [
    `${URI}/`,
    `${URI}?index=7`,
    "https://lists.example/1",
    "https://LISTS.example/0",
    "",
    "https://evil.example/0",
  ];
  for (const uri of others) {
    await assertCode(fetchStatusList({ ...options, uri, fetch: never }), "STATUS_LIST_URI", {}, uri);
    await assertCode(fetchStatusList({ ...options, uri, fetch: never, node: "http://x" }), "STATUS_LIST_URI");
  }
  const state = { ...options.state, origin: null };
  await assertCode(fetchStatusList({ ...options, state, fetch: never }), "STATUS_LIST_URI");
});

test("what an issuer wrote as its URI is fetched only when it is https at a public name, or on this machine in the network local", async (t) => {
  for (const uri of [
    "https://lists.example/0",
    "https://a.b-c.kr:8443/x/0",
    "https://xn--9n2bp8q.xn--3e0b707e/0",
    "https://lists.example./0",
  ]) {
    expectPublicUri(uri, "gov-01234567");
  }
  expectPublicUri("http://127.0.0.1:8080/status-lists/0", "local");
  const { options } = await staged(t);
  for (const baseUri of [
    "http://127.0.0.1:8080/lists",
    "http://lists.example",
    "https://127.0.0.1/x",
    "https://2130706433/x",
    "https://0x7f.1/x",
    "https://10.0.0.1/x",
    "https://169.254.169.254/latest",
    "https://[::1]/x",
    "https://[::ffff:10.0.0.1]/x",
    "https://localhost/x",
    "https://localhost./x",
    "https://registry/x",
    "https://db.internal/x",
    "https://printer.local./x",
    "https://user@lists.example/x",
    "https://user:pass@lists.example/x",
    "https://lists.example/x#",
    "ftp://lists.example/x",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "no uri",
  ]) {
    const state = { ...options.state, origin: { issuer: ISSUER, number: 0n, baseUri } };
    const given = { ...options, network: "gov-01234567", state, uri: `${baseUri}/0`, fetch: never };
    await assertCode(fetchStatusList(given), "STATUS_LIST_URI", {}, baseUri);
  }
  await assertCode(() => expectPublicUri("http://127.0.0.2:8080/0", "local"), "STATUS_LIST_URI");
});

test("a redirect, another status, an endless or a late answer is a list that could not be asked for", async (t) => {
  const { options } = await staged(t);
  let redirected = 0;
  const target = await serve(t, (_request, response) => {
    redirected++;
    response.end();
  });
  const answers: [what: string, answer: RequestListener, timeout?: number][] = [
    ["redirect", (_, response) => void response.writeHead(302, { location: target }).end()],
    ["not found", (_, response) => void response.writeHead(404).end("{}")],
    ["unavailable", (_, response) => void response.writeHead(503).end()],
    ["empty", (_, response) => void response.writeHead(204).end()],
    ["cut", (request) => void request.socket.destroy()],
    ["late", (_, response) => void response.writeHead(200).write("ey"), 100],
    [
      "endless",
      (_, response) => {
        const part = Buffer.alloc(1_048_576, "x");
        const more = () => response.write(part, (error) => void (error ?? more()));
        more();
      },
    ],
  ];
  for (const [what, answer, timeout = 10_000] of answers) {
    const node = await serve(t, answer);
    await assert.rejects(fetchStatusList({ ...options, node, timeout }), UnavailableError, what);
  }
  assert.equal(redirected, 0);
  assert.ok(MAX_TOKEN_LENGTH < 9_000_000);
});

test("a server that serves another list, a stranger's, an old one or none is found out", async (t) => {
  const { served, options } = await staged(t);
  const token = await (await served.get()).text();
  const of = async (body: string, more: Partial<FetchListOptions> = {}) =>
    fetchStatusList({ ...options, ...more, node: await serve(t, (_, response) => void response.end(body)) });
  assert.equal(statusAt((await of(token)).list, 7), 1);
  const other = { ...options.state, origin: { issuer: ISSUER, number: 5n, baseUri: "https://lists.example" } };
  await assertCode(of(token, { state: other, uri: "https://lists.example/5" }), "STATUS_LIST_SUBJECT");
  await assertCode(of(token, { state: { ...options.state, size: 256 } }), "STATUS_LIST_SIZE");
  await assertCode(of(token, { now: options.now + 86_400 }), "STATUS_LIST_EXPIRED");
  await assertCode(of(token, { now: options.now - 120 }), "STATUS_LIST_EXPIRED");
  const { assertionMethod: _, ...keyless } = options.document;
  await assertCode(of(token, { document: keyless }), "STATUS_LIST_KEY");
  const [head = "", body = "", signature = ""] = token.split(".");
  await assertCode(
    of(`${head}.${body}.${signature.replace(/^./, (one) => (one === "A" ? "B" : "A"))}`),
    "STATUS_LIST_SIGNATURE",
  );
  for (const nothing of ["", "no token", "<html>", `${head}.${body}`]) {
    await assertCode(of(nothing), "STATUS_LIST_MALFORMED", {}, nothing);
  }
});
