import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { newKey, signerOf } from "../../../node/issuing/key-file.ts";
import type { Signer } from "../../../node/issuing/signer.ts";
import { listBytes } from "../../../resolver/status/list-bytes.ts";
import { verifyStatusCredential, verifyStatusVcJwt } from "../../../resolver/status/signed/verify-credential.ts";
import { verifyStatusCwt, verifyStatusJwt } from "../../../resolver/status/signed/verify-token.ts";
import { readTokenList, statusAt } from "../../../resolver/status/status-list.ts";
import { simulatedIdentity, simulatedList } from "../../helpers/chain-simulator.ts";
import { runs } from "../../helpers/property.ts";
import { DID, ISSUER, PATH, publish, SIZE, signer, startServedNode, status, URI } from "./served-node.ts";

const CWT = { accept: "application/statuslist+cwt" };
const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());

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

test("a list is signed by a key of ML-DSA in every form that has no suite of Data Integrity", async (t) => {
  const quantumSafe = signerOf(newKey(DID, "ML-DSA-65"));
  const { get, expected } = await startServedNode(t, { signers: [quantumSafe], first: [publish(quantumSafe)] });
  const jwt = await verifyStatusJwt(await (await get()).text(), expected());
  const cwt = await verifyStatusCwt(await bytesOf(await get(PATH, CWT)), expected());
  const wanted = { ...expected(), uri: `${URI}/revocation`, purpose: "revocation" } as const;
  const vc = await get(`${PATH}/revocation`, { accept: "application/vc+jwt" });
  const { keyId } = await verifyStatusVcJwt(await vc.text(), wanted);
  assert.deepEqual([jwt.keyId, cwt.keyId, keyId], Array(3).fill(quantumSafe.keyId));
  const refused = await get(`${PATH}/revocation`);
  const { code, detail } = (await refused.json()) as { code: string; detail: string };
  assert.deepEqual([refused.status, code], [406, "LIST_MEDIA_TYPE"]);
  assert.match(detail, /ML-DSA-65.*ask for application\/vc\+jwt/);
});

test("of two keys each signs the forms that it can, the first one first", async (t) => {
  const quantumSafe = signerOf(newKey(DID, "ML-DSA-44"));
  const first = [publish(quantumSafe), publish(signer)];
  const { get, expected } = await startServedNode(t, { signers: [quantumSafe, signer], first });
  const { keyId } = await verifyStatusJwt(await (await get()).text(), expected());
  const wanted = { ...expected(), uri: `${URI}/revocation`, purpose: "revocation" } as const;
  const json = await verifyStatusCredential(await bytesOf(await get(`${PATH}/revocation`)), wanted);
  assert.deepEqual([keyId, json.keyId], [quantumSafe.keyId, signer.keyId]);
});

test("the aggregation names the lists that are signed here, and no others", async (t) => {
  const { mine, get } = await startServedNode(t);
  await mine({ do: "list", identity: 1, list: 5 }, { do: "list", identity: 2, list: 7 });
  const response = await get("/status-lists");
  const { status_lists: all } = (await response.json()) as { status_lists: string[] };
  assert.deepEqual(all.sort(), [URI, "https://lists.example/5"]);
});

test("a key signs while the issuer's document lists it, and the next one takes over", async (t) => {
  const next = signerOf(newKey(DID, "EdDSA"));
  const { mine, get, expected } = await startServedNode(t, { signers: [signer, next] });
  const keyOf = async () => (await verifyStatusJwt(await (await get()).text(), expected())).keyId;
  assert.equal(await keyOf(), signer.keyId);
  await mine(publish(next));
  assert.equal(await keyOf(), signer.keyId, "of two the first that is configured");
  await mine(publish(signer, 0));
  assert.equal(await keyOf(), next.keyId, "the first was revoked");
  await mine(publish(next, 0));
  const response = await get();
  assert.deepEqual([response.status, response.headers.get("retry-after")], [503, "2"]);
});

test("a key whose validity runs out with no event signs no more, and what it signed is not served", async (t) => {
  const first = [publish(signer, 1_700_000_600)];
  const { get, state } = await startServedNode(t, { first });
  assert.equal((await get()).status, 200);
  state.now = 1_700_000_600;
  assert.equal((await get()).status, 200, "the last second");
  state.now++;
  assert.equal((await get()).status, 503);
});

test("a signer of another issuer signs nothing, even where the document lists its key", async (t) => {
  const thief = signerOf(newKey(`did:mapae:local:${simulatedIdentity(2)}`, "ES256"));
  const { get } = await startServedNode(t, { signers: [thief], first: [publish(thief)] });
  assert.equal((await get()).status, 404);
  const both = await startServedNode(t, { signers: [thief, signer], first: [publish(thief)] });
  assert.equal((await both.get()).status, 503, "the issuer's own key is not listed");
});

test("what a key signed that is listed no more is not served, even when the next one can't sign", async (t) => {
  const broken = signerOf(newKey(DID, "ES256"));
  const next: Signer = { ...broken, sign: () => Promise.reject(new Error("the module is gone")) };
  const { mine, get, alarms } = await startServedNode(t, { signers: [signer, next] });
  assert.equal((await get()).status, 200);
  await mine(publish(next), publish(signer, 0));
  assert.equal((await get()).status, 503);
  assert.equal(alarms.length, 1);
});

test("when nobody can sign, the last list is served up to its end with an alarm, and never after", async (t) => {
  let works = true;
  const failing: Signer = {
    ...signer,
    sign: (data) => (works ? signer.sign(data) : Promise.reject(new Error("the module is gone"))),
  };
  const { chain, mine, get, state, alarms, signed, lists } = await startServedNode(t, { signers: [failing] });
  assert.equal((await get()).status, 200);
  const signedAt = chain.tip.time;
  works = false;
  await mine(status(0, [1, 2, 3]));
  assert.equal((await get()).status, 200);
  assert.equal((await get()).status, 200);
  assert.deepEqual(
    alarms.map(({ message }) => message),
    ["the module is gone"],
  );
  assert.deepEqual([lists.alarmed, signed], [1, [true, false, false]]);
  assert.equal((await get(PATH, CWT)).status, 503, "it was never signed");
  state.now = signedAt + 86_399;
  assert.equal((await get()).status, 200);
  state.now = signedAt + 86_400;
  assert.equal((await get()).status, 503);
  works = true;
  assert.equal((await get()).status, 200, "of the newest block, which is younger");
  assert.deepEqual([lists.alarmed, signed.at(-1)], [1, true], "half of its life is over all the same");
  state.now = chain.tip.time + 86_400;
  assert.equal((await get()).status, 503, "what is signed now would have ended, too");
  await mine();
  assert.deepEqual([(await get()).status, lists.alarmed], [200, 0], "the alarm is over");
});

test("on a chain that stands still an alarm comes at half of a list's life, once", async (t) => {
  const { chain, get, state, alarms } = await startServedNode(t);
  for (const [after, status, alarmed] of [
    [43_199, 200, 0],
    [43_200, 200, 1],
    [13 * 3_600, 200, 1],
    [25 * 3_600, 503, 1],
  ] as const) {
    state.now = chain.tip.time + after;
    assert.equal((await get()).status, status, String(after));
    assert.equal(alarms.length, alarmed, String(after));
  }
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
