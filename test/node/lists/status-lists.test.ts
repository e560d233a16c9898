import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { listBytes } from "../../../resolver/status/list-bytes.ts";
import { verifyStatusCredential, verifyStatusVcJwt } from "../../../resolver/status/signed/verify-credential.ts";
import { verifyStatusCwt, verifyStatusJwt } from "../../../resolver/status/signed/verify-token.ts";
import { readTokenList, statusAt } from "../../../resolver/status/status-list.ts";
import { simulatedIdentity, simulatedList } from "../../helpers/chain-simulator.ts";
import { runs } from "../../helpers/property.ts";
import { bytesOf, CWT, ISSUER, PATH, SIZE, startServedNode, status, URI } from "./served-node.ts";

test("a list is served in every encoding, each of which verifies and says what was revoked and suspended", async (t) => {
  const { mine, get, expected } = await startServedNode(t);
  await mine(status(0, [7, 9, 200]));
  const jwt = await get();
  assert.deepEqual([jwt.status, jwt.headers.get("content-type")], [200, "application/statuslist+jwt"]);
  const cwt = await get(PATH, CWT);
  assert.equal(cwt.headers.get("content-type"), "application/statuslist+cwt");
  for (const { list } of [
    await verifyStatusJwt(await jwt.text(), expected()),
    await verifyStatusCwt(await bytesOf(cwt), expected()),
  ]) {
    assert.deepEqual([statusAt(list, 7), statusAt(list, 9), statusAt(list, 8)], [1, 2, 0]);
  }
  for (const [purpose, index] of [
    ["revocation", 7],
    ["suspension", 9],
  ] as const) {
    const wanted = { ...expected(), uri: `${URI}/${purpose}`, purpose };
    const token = await get(`${PATH}/${purpose}`, { accept: "application/vc+jwt" });
    assert.equal(token.headers.get("content-type"), "application/vc+jwt");
    const lists = [await verifyStatusVcJwt(await token.text(), wanted)];
    // The last is what Java up to 17 sends by itself: a weight without a digit before its dot is disregarded.
    const java = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2";
    for (const accept of ["*/*", "application/vc", "application/ld+json", "application/json", java]) {
      const json = await get(`${PATH}/${purpose}`, { accept });
      assert.equal(json.headers.get("content-type"), accept.includes("*/*") ? "application/vc" : accept);
      lists.push(await verifyStatusCredential(await bytesOf(json), wanted));
    }
    for (const { list } of lists) {
      assert.deepEqual(
        [...Array(20).keys()].filter((one) => statusAt(list, one) === 1),
        [index],
      );
    }
  }
});

test("who holds the newest list is told so with 304, for as long as it is the newest", async (t) => {
  const { mine, get, state } = await startServedNode(t);
  const first = await get();
  const etag = first.headers.get("etag") ?? "";
  assert.match(etag, /^"[\w-]{22}"$/);
  assert.deepEqual(
    ["cache-control", "vary", "access-control-allow-origin"].map((name) => first.headers.get(name)),
    ["public, max-age=300", "accept", "*"],
  );
  state.now += 100;
  const same = await get(PATH, { "if-none-match": `"x", ${etag}` });
  assert.deepEqual([same.status, await same.text()], [304, ""]);
  assert.equal(same.headers.get("cache-control"), "public, max-age=200");
  await mine();
  assert.equal((await get(PATH, { "if-none-match": etag })).status, 304, "a block that changes nothing");
  assert.equal((await get(PATH, { ...CWT, "if-none-match": etag })).status, 200, "another encoding");
  await mine(status(3, [1, 2, 3]));
  assert.equal((await get(PATH, { "if-none-match": etag })).status, 200, "a change");
});

test("a list that nobody changes is signed again when a copy of it may not be kept any longer", async (t) => {
  const { chain, mine, get, expected } = await startServedNode(t);
  const before = await verifyStatusJwt(await (await get()).text(), expected());
  while (chain.tip.time < before.issuedAt + 299) chain.mine();
  await mine();
  const after = await verifyStatusJwt(await (await get()).text(), expected());
  assert.equal(after.issuedAt, chain.tip.time);
});

test("what is no list, no media type, no path or of the past is refused by name", async (t) => {
  const { mine, get } = await startServedNode(t);
  await mine({ do: "list", identity: 2, list: 0 });
  const cases: [path: string, accept: string, status: number, code: string][] = [
    [`/status-lists/${ISSUER}/1`, "*/*", 404, "LIST_NOT_FOUND"],
    [`/status-lists/${simulatedIdentity(3)}/0`, "*/*", 404, "LIST_NOT_FOUND"],
    [`/status-lists/${simulatedIdentity(2)}/0`, "*/*", 404, "LIST_NOT_SIGNED_HERE"],
    [PATH, "application/vc", 406, "LIST_MEDIA_TYPE"],
    [PATH, "application/statuslist+jwt;q=0", 406, "LIST_MEDIA_TYPE"],
    [`${PATH}/revocation`, "application/statuslist+jwt", 406, "LIST_MEDIA_TYPE"],
    [`${PATH}?time=1686925000`, "*/*", 501, "LIST_HISTORY"],
    [`${PATH}?a=?&time=1686925000`, "*/*", 501, "LIST_HISTORY"],
    [`${PATH}/`, "*/*", 404, "NO_ROUTE"],
    [`${PATH}/revoked`, "*/*", 404, "NO_ROUTE"],
    [`${PATH}0${"0".repeat(80)}`, "*/*", 404, "NO_ROUTE"],
    [`/status-lists/${ISSUER}/00`, "*/*", 404, "NO_ROUTE"],
    [`/status-lists/${ISSUER}/${2n ** 256n}`, "*/*", 404, "NO_ROUTE"],
    [`/status-lists/0x${"A1".repeat(20)}/0`, "*/*", 404, "NO_ROUTE"],
    [`/status-lists/${ISSUER}`, "*/*", 404, "NO_ROUTE"],
    ["/status-listsx", "*/*", 404, "NO_ROUTE"],
  ];
  for (const [path, accept, code, name] of cases) {
    const response = await get(path, { accept });
    assert.deepEqual([response.status, ((await response.json()) as { code: string }).code], [code, name], path);
  }
});

test("the aggregation names the lists that are signed here, and no others", async (t) => {
  const { mine, get } = await startServedNode(t);
  await mine({ do: "list", identity: 1, list: 5 }, { do: "list", identity: 2, list: 7 });
  const response = await get("/status-lists");
  const { status_lists: all } = (await response.json()) as { status_lists: string[] };
  assert.deepEqual(all.sort(), [URI, "https://lists.example/5"]);
});

test("over random histories and reorgs what is served says what the chain says", async () => {
  const change = fc.record({
    word: fc.nat(511),
    bits: fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)),
    drop: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) }),
    ask: fc.boolean(),
  });
  const property = fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
    const ends: (() => Promise<void>)[] = [];
    const { chain, node, mine, get, expected } = await startServedNode({ after: (end) => void ends.push(end) });
    // So deep may a reorg go that the list itself stays.
    let depth = 0;
    for (const { word, bits, drop, ask } of changes) {
      chain.dropBlocks(Math.min(drop, depth));
      depth += 1 - Math.min(drop, depth);
      // A server whose head is lower than what is known is stale: the new branch must be at least as long.
      while (chain.tip.number < (node.index.asOf()?.number ?? 0)) {
        chain.mine();
        depth++;
      }
      await mine(status(word, bits));
      if (!ask) continue;
      const { list } = await verifyStatusJwt(await (await get()).text(), expected());
      const chunks = await node.index.chunks(simulatedList(1, 0));
      assert.deepEqual(list.bytes, listBytes("token", chunks, SIZE));
      const { issuedAt } = await verifyStatusCwt(await bytesOf(await get(PATH, CWT)), expected());
      assert(issuedAt <= chain.tip.time);
    }
    for (const end of ends) await end();
  });
  await fc.assert(property, runs(15));
});

test("a status that is changed in a block is in the served token within two blocks, whatever was asked for before", async (t) => {
  const { chain, node, get, state } = await startServedNode(t);
  const claims = async () => {
    const [, payload = ""] = (await (await get()).text()).split(".");
    return JSON.parse(Buffer.from(payload, "base64url").toString());
  };
  for (let index = 0; index < 10; index++) {
    const { number } = chain.mine([status(0, [index, 200, 201])]);
    let blocks = 0;
    for (; ; blocks++) {
      await node.tick();
      state.now = chain.tip.time;
      const { status_list } = await claims();
      const list = await readTokenList(status_list.bits, status_list.lst, SIZE);
      if (statusAt(list, index) === 1) break;
      assert.ok(blocks < 2, `what block ${number} changed is not in the token as of block ${chain.tip.number}`);
      chain.mine();
    }
  }
});

test("a stale node does not know that a list is absent, because newer blocks may have it", async (t) => {
  const { get, state } = await startServedNode(t);
  const unknown = `/status-lists/${ISSUER}/7`;
  const codeOf = async (response: Response) => [response.status, ((await response.json()) as { code: string }).code];
  assert.deepEqual(await codeOf(await get(unknown)), [404, "LIST_NOT_FOUND"]);
  state.stale = true;
  assert.deepEqual(await codeOf(await get(unknown)), [503, "UNAVAILABLE"]);
  assert.equal((await get()).status, 200, "one that it has is served");
});

test("the lists that a node signs are those of one block, also when it stops serving while they are read", async (t) => {
  const { lists, node } = await startServedNode(t);
  const reading = lists.uris();
  await node.indexer.markUnverified();
  assert.deepEqual(await reading, [URI]);
});
