import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { deflateSync } from "node:zlib";
import { newKey, signerOf } from "../../../node/issuing/key-file.ts";
import { makeStatusJwt } from "../../../node/lists/make-token.ts";
import { verifyStatusJwt } from "../../../resolver/status/signed/verify-token.ts";
import { DID, PATH, publish, signer, startServedNode, status } from "./served-node.ts";

const JWT = "application/statuslist+jwt";

/** A peer that answers as it likes, and counts how often it was asked. */
async function peer(t: TestContext, answer: RequestListener) {
  const seen = { asked: 0, url: "" };
  const server = createServer((request, response) => {
    seen.asked++;
    answer(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  seen.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return seen;
}

const says =
  (body: string | Buffer, type = JWT): RequestListener =>
  (_request, response) =>
    void response.writeHead(200, { "content-type": type }).end(body);

/** The signer's own node, and one without its key that knows some peers, on the same chain. */
async function pair(t: TestContext, more: readonly string[] = []) {
  const own = await startServedNode(t);
  const mirror = await startServedNode(t, { signers: [], chain: own.chain, peers: [...more, own.url] });
  const both = async (...writes: Parameters<typeof own.mine>) => {
    await own.mine(...writes);
    await mirror.mine();
    await own.mine();
  };
  return { own, mirror, both };
}

test("an honest peer's bytes are served as they are, in every encoding, with their own tag", async (t) => {
  const { own, mirror, both } = await pair(t);
  await both(status(0, [7, 9, 11]));
  for (const [path, accept] of [
    [PATH, JWT],
    [PATH, "application/statuslist+cwt"],
    [`${PATH}/revocation`, "application/vc"],
    [`${PATH}/suspension`, "application/vc+jwt"],
  ] as const) {
    const [theirs, ours] = [await own.get(path, { accept }), await mirror.get(path, { accept })];
    assert.deepEqual([ours.status, ours.headers.get("etag")], [200, theirs.headers.get("etag")], accept);
    assert.deepEqual(await ours.arrayBuffer(), await theirs.arrayBuffer());
  }
});

test("after a change the list is asked for again, and the old one is never served", async (t) => {
  const { mirror, both, own } = await pair(t);
  assert.equal((await mirror.get()).status, 200);
  await both(status(0, [1, 2, 3]));
  const { list } = await verifyStatusJwt(await (await mirror.get()).text(), mirror.expected());
  assert.equal((list.bytes[0] ?? 0) & 0b1100, 0b0100);
  // The signer is behind: what it has is of before.
  const stale = await (await own.get()).text();
  const behind = await peer(t, says(stale));
  const third = await startServedNode(t, { signers: [], chain: own.chain, peers: [behind.url] });
  assert.equal((await third.get()).status, 200);
  await third.mine(status(0, [4, 5, 6]));
  const refused = await third.get();
  assert.deepEqual([refused.status, ((await refused.json()) as { code: string }).code], [404, "LIST_NOT_SIGNED_HERE"]);
});

test("a lying peer is not believed, and the next one is asked", async (t) => {
  const own = await startServedNode(t);
  await own.mine(status(0, [7, 9, 11]));
  const honest = await (await own.get()).text();
  const asOf = own.node.index.asOf() ?? assert.fail("no block");
  const thief = signerOf(newKey(DID, "ES256"));
  const compressed = deflateSync(Buffer.alloc(32_768));
  const of = { uri: "https://lists.example/0", asOf, compressed };
  const lies: [why: string, answer: RequestListener][] = [
    ["another's key", says(await makeStatusJwt({ ...of, signer: thief }))],
    ["its own key, and other bits", says(await makeStatusJwt({ ...of, signer }))],
    ["another list's URI", says(await makeStatusJwt({ ...of, uri: "https://lists.example/1", signer }))],
    ["an altered signature", says(`${honest.slice(0, -4)}AAAA`)],
    ["no token", says("<html>")],
    ["nothing", says("")],
    ["another media type", says(honest, "text/html")],
    ["404", (_request, response) => void response.writeHead(404).end()],
    ["a bomb", says(await makeStatusJwt({ ...of, compressed: deflateSync(Buffer.alloc(64 * 1_048_576)), signer }))],
  ];
  for (const [why, answer] of lies) {
    const liar = await peer(t, answer);
    const alone = await startServedNode(t, { signers: [], chain: own.chain, peers: [liar.url] });
    assert.equal((await alone.get()).status, 404, why);
    assert.equal((await alone.get()).status, 404, why);
    assert.equal(liar.asked, 1, "it is not asked again at once");
    const both = await startServedNode(t, { signers: [], chain: own.chain, peers: [liar.url, own.url] });
    assert.equal(await (await both.get()).text(), honest, why);
  }
});

test("what can't be asked is unavailable, not absent; a redirect is followed nowhere", async (t) => {
  const own = await startServedNode(t);
  const elsewhere = await peer(t, says("never"));
  for (const answer of [
    ((_request, response) => void response.writeHead(302, { location: elsewhere.url }).end()) as RequestListener,
    ...[503, 429, 408, 400].map(
      (code): RequestListener =>
        (_request, response) =>
          void response.writeHead(code).end(),
    ),
    ((request) => void request.socket.destroy()) as RequestListener,
  ]) {
    const broken = await peer(t, answer);
    const mirror = await startServedNode(t, { signers: [], chain: own.chain, peers: [broken.url] });
    for (let times = 0; times < 3; times++) assert.equal((await mirror.get()).status, 503);
    assert.equal(broken.asked, 1);
    mirror.state.now += 6;
    assert.equal((await mirror.get()).status, 503);
    assert.equal(broken.asked, 2, "after a while");
  }
  assert.equal(elsewhere.asked, 0);
});

test("of a huge answer no more is read than such a list can have", async (t) => {
  const own = await startServedNode(t);
  let sent = 0;
  const huge = await peer(t, (_request, response) => {
    response.writeHead(200, { "content-type": JWT });
    const part = Buffer.alloc(65_536, "a");
    const more = () => {
      while (!response.destroyed && sent < 1_000_000_000) {
        sent += part.length;
        if (!response.write(part)) return void response.once("drain", more);
      }
    };
    more();
  });
  const mirror = await startServedNode(t, { signers: [], chain: own.chain, peers: [huge.url] });
  assert.equal((await mirror.get()).status, 404);
  assert(sent < 20_000_000, `${sent} bytes`);
});

test("a list that can't be asked for again is served up to its end, while its key is listed", async (t) => {
  const own = await startServedNode(t);
  const gone = await peer(t, (request) => void request.socket.destroy());
  let up = true;
  const flaky = await peer(t, (request, response) => {
    if (!up) return void request.socket.destroy();
    fetch(`${own.url}${request.url}`, { headers: { accept: JWT } }).then(async (one) => {
      response.writeHead(200, { "content-type": JWT }).end(await one.text());
    });
  });
  const third = await startServedNode(t, { signers: [], chain: own.chain, peers: [gone.url, flaky.url] });
  const kept = await (await third.get()).text();
  assert.equal(await (await third.get()).text(), kept);
  assert.equal(flaky.asked, 1, "it is young");
  up = false;
  while (own.chain.tip.time < third.state.now + 400) own.chain.mine();
  await third.mine();
  assert.equal(await (await third.get()).text(), kept);
  assert.equal(flaky.asked, 2, "a younger one may be there");
  third.state.now += 86_400;
  assert.equal((await third.get()).status, 503);
  third.state.now -= 86_400;
  await third.mine(publish(signer, 0));
  assert.equal((await third.get()).status, 503, "its key was revoked");
});

test("nodes that mirror each other never ask in a circle", async (t) => {
  const own = await startServedNode(t, { signers: [] });
  let url = "";
  const relay = await peer(t, (request, response) => {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    fetch(`${url}${request.url}`, { headers }).then(async (one) =>
      response.writeHead(one.status).end(await one.text()),
    );
  });
  const mirror = await startServedNode(t, { signers: [], chain: own.chain, peers: [relay.url] });
  ({ url } = mirror);
  assert.equal((await mirror.get()).status, 404);
  assert.equal(relay.asked, 1);
});
