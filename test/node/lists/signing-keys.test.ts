import assert from "node:assert/strict";
import { test } from "node:test";
import { newKey, signerOf } from "../../../node/issuing/key-file.ts";
import type { Signer } from "../../../node/issuing/signer.ts";
import { verifyStatusCredential, verifyStatusVcJwt } from "../../../resolver/status/signed/verify-credential.ts";
import { verifyStatusCwt, verifyStatusJwt } from "../../../resolver/status/signed/verify-token.ts";
import { simulatedIdentity } from "../../helpers/chain-simulator.ts";
import { bytesOf, CWT, DID, PATH, publish, signer, startServedNode, status, URI } from "./served-node.ts";

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

test("a list whose key the issuer's document no longer lists is an alarm that names no DID, until a key is published", async (t) => {
  const { mine, get, alarms, lists } = await startServedNode(t);
  assert.equal((await get()).status, 200);
  await mine(publish(signer, 0));
  for (const headers of [{}, CWT]) assert.equal((await get(PATH, headers)).status, 503);
  assert.deepEqual([alarms.length, lists.alarmed], [1, 1]);
  assert.match(alarms[0]?.message ?? "", /lists no key.*mapae did add-key.*mapae doctor/);
  assert.doesNotMatch(alarms[0]?.message ?? "", /0x|did:/);
  await mine(publish(signer));
  assert.deepEqual([(await get()).status, lists.alarmed], [200, 0]);
});

test("a list that nobody requests is an alarm while no key here can sign it, and nothing is signed to find out", async (t) => {
  const until = 1_700_000_600;
  const { mine, alarms, lists, signed, state } = await startServedNode(t, { first: [publish(signer, until)] });
  const looked = async () => {
    await lists.look();
    return [alarms.length, lists.alarmed];
  };
  assert.deepEqual(await looked(), [0, 0]);
  state.now = until + 1;
  assert.deepEqual(await looked(), [1, 1], "the key's validity ran out with no event");
  assert.match(alarms[0]?.message ?? "", /lists no key/);
  assert.deepEqual(await looked(), [1, 1], "it is reported once");
  await mine(publish(signer));
  assert.deepEqual(await looked(), [1, 0]);
  await mine(publish(signer, 0));
  assert.deepEqual(await looked(), [2, 1]);
  await mine({ do: "deactivate", identity: 1 });
  assert.deepEqual(await looked(), [2, 0], "nobody signs lists of a deactivated issuer");
  assert.deepEqual(signed, []);
});

test("keys of issuers without lists, of other networks and of operators raise no alarm", async (t) => {
  const others = [`did:mapae:local:${simulatedIdentity(2)}`, DID.replace("local", "other"), "operator:행정안전부"];
  const signers = [signer, ...others.map((issuer) => signerOf(newKey(issuer, "ES256")))];
  const { alarms, lists } = await startServedNode(t, { signers });
  await lists.look();
  assert.deepEqual([alarms.length, lists.alarmed], [0, 0]);
});

test("a list of a deactivated issuer, which nobody signs any more, is no alarm", async (t) => {
  const { mine, get, alarms, lists } = await startServedNode(t);
  await mine({ do: "deactivate", identity: 1 });
  assert.equal((await get()).status, 503);
  assert.deepEqual([alarms.length, lists.alarmed], [0, 0]);
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
  await lists.look();
  assert.equal(lists.alarmed, 1, "that its key is listed does not mean that it signs");
  assert.equal((await get(PATH, CWT)).status, 503, "it was never signed");
  state.now = signedAt + 86_399;
  assert.equal((await get()).status, 200);
  assert.deepEqual([alarms.length, lists.alarmed], [2, 1], "half of its validity is over");
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
