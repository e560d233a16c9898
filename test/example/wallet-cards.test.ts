import "./helpers/as-browser.ts";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { recordingFetch, type StoredAnswer } from "../../examples/mobile-id/shared/stored-answers.ts";
import { wordsOf } from "../../examples/mobile-id/shared/words.ts";
import { type Card, NO_END, stateOf } from "../../examples/mobile-id/wallet/page/cards/card.ts";
import { CardStore } from "../../examples/mobile-id/wallet/page/cards/card-store.ts";
import { readOffer } from "../../examples/mobile-id/wallet/page/cards/offer.ts";
import { renewAll } from "../../examples/mobile-id/wallet/page/cards/renew.ts";
import { standingOfCard } from "../../examples/mobile-id/wallet/page/directory/card-standing.ts";
import { parseNetworkDescriptor } from "../../resolver/index.ts";
import { MemoryVault } from "./helpers/memory-vault.ts";
import { startIssuer } from "./helpers/small-issuer.ts";
import { cardOf, copyText, Hidden, ISSUER } from "./helpers/wallet-card.ts";

const DAY = 86_400;
const now = Math.floor(Date.now() / 1_000);

/** A wallet with cards of some issuers, and a key for each of them to renew its card with. */
async function walletWith(cards: readonly { url: string; expires?: number; copies?: number }[]) {
  const memory = new MemoryVault();
  const store = new CardStore(memory.asVault());
  for (const { url, expires = now + 14 * DAY, copies = 2 } of cards) {
    const claims = { department: new Hidden("디지털정부국") };
    const texts = await Promise.all(Array.from({ length: copies }, () => copyText(claims, { expires })));
    const renewal = { token: "refresh", key: await memory.makeKey() };
    const card = cardOf(texts, { issuerUrl: url, renewal });
    const keyed = await Promise.all(card.copies.map(async (copy) => ({ ...copy, key: await memory.makeKey() })));
    await store.put({ ...card, copies: keyed });
  }
  return { memory, store, vault: memory.asVault() };
}

test("a renewed card says what its new copies say, and is valid as long as they are", async (t) => {
  const expires = now + 20 * DAY;
  const issuer = await startIssuer(t, { claims: { department: new Hidden("지역정책과") }, expires });
  const { memory, store, vault } = await walletWith([issuer]);
  assert.deepEqual(await renewAll(vault, store, now), []);
  const [card = assert.fail()] = await store.all();
  assert.deepEqual(card.claims, { department: "지역정책과" });
  assert.equal(card.expires, expires);
  assert.equal(stateOf(card, now + 15 * DAY), "good", "after the end of its first copies");
  assert.equal(card.copies.length, 10);
  assert.equal(memory.keys.size, 11, "the keys of the earlier copies are gone");
});

test("a card is renewed in the week before its end and later, however many copies are unused", async (t) => {
  const next = { claims: { department: new Hidden("x") }, expires: now + 20 * DAY };
  const issuer = await startIssuer(t, next);
  for (const [left, isRenewed] of [
    [8 * DAY, false],
    [6 * DAY, true],
    [-1, true],
  ] as const) {
    const { store, vault } = await walletWith([{ ...issuer, expires: now + left, copies: 10 }]);
    assert.deepEqual(await renewAll(vault, store, now), []);
    const [card = assert.fail()] = await store.all();
    assert.equal(card.expires === next.expires, isRenewed, `${left} s before its end`);
  }
});

test("an issuer that fails, or that gives another kind of card, does not prevent the renewal of others' cards", async (t) => {
  const next = { claims: { department: new Hidden("x") }, expires: now + 20 * DAY };
  const [broken, strange, good] = [await startIssuer(t, next), await startIssuer(t, next), await startIssuer(t, next)];
  broken.isBroken = true;
  strange.next = { ...next, issuer: `did:mapae:local:0x${"b".repeat(40)}` };
  const { store, vault } = await walletWith([broken, strange, good]);
  const failures = await renewAll(vault, store, now);
  assert.equal(failures.length, 2);
  for (const { issuerUrl, issuer, copies } of await store.all()) {
    assert.equal(issuer, ISSUER);
    assert.equal(copies.length, issuerUrl === good.url ? 10 : 2, issuerUrl);
  }
});

test("a card that was deleted while it was renewed stays deleted, and no key is left", async () => {
  const { memory, store } = await walletWith([{ url: "http://localhost" }]);
  const [card = assert.fail()] = await store.all();
  await store.remove(card);
  const copies: Card["copies"] = [{ key: await memory.makeKey(), text: await copyText({}), used: false }];
  await store.replace(card, { ...card, copies });
  assert.deepEqual(await store.all(), []);
  assert.equal(memory.keys.size, 0);
});

test("a card of another network is not judged, and does not prevent the use of the others", async () => {
  const vector = await readFile(new URL("../vectors/bundles/attested.json", import.meta.url), "utf8");
  const descriptor = parseNetworkDescriptor((JSON.parse(vector) as { network: unknown }).network);
  const network = { descriptor, nodes: ["http://localhost:1"], agreement: 1 };
  const foreign = cardOf([await copyText({}, { issuer: `did:mapae:elsewhere-0a1b2c3d:0x${"a".repeat(40)}` })]);
  const standing = await standingOfCard(network, { at: 0, answers: {}, purposes: {} }, foreign);
  assert.equal(standing.verdict, "unknown");
});

test("a name that an issuer gives itself is shown like an office's name, or its host is", async (t) => {
  const issuer = await startIssuer(t, { claims: {}, expires: now + DAY });
  const { host } = new URL(issuer.url);
  const grants = { "urn:ietf:params:oauth:grant-type:pre-authorized_code": { "pre-authorized_code": "code" } };
  const offer = { credential_issuer: issuer.url, credential_configuration_ids: ["official-id"], grants };
  const link = `openid-credential-offer://?${new URLSearchParams({ credential_offer: JSON.stringify(offer) })}`;
  const namesOf = async (...display: { locale: string; name: string }[]) => {
    issuer.display = display;
    const { issuerName, name } = await readOffer(new MemoryVault().asVault(), link, [issuer.url]);
    return [issuerName.ko, issuerName.en, name.en];
  };
  assert.deepEqual(await namesOf({ locale: "ko", name: "발급센터" }), ["발급센터", "발급센터", "발급센터"]);
  for (const name of ["\u202Egnol", "a\u200Bb", "x".repeat(61), "a\nb", " "]) {
    assert.deepEqual(await namesOf({ locale: "ko", name }), [host, host, "official-id"], JSON.stringify(name));
    const both = await namesOf({ locale: "en", name }, { locale: "ko", name: "발급센터" });
    assert.deepEqual(both, ["발급센터", "발급센터", "발급센터"]);
  }
});

test("the end of every card can be shown, also of one that names none", async () => {
  const { expires } = cardOf([await copyText({}, { expires: null })]);
  assert.equal(expires, NO_END);
  for (const language of ["ko", "en"] as const) assert.match(wordsOf(language).day(expires), /9999|10000/);
});

test("an answer that is longer than its bound is not stored", async () => {
  const stored: Record<string, StoredAnswer> = {};
  const fetch = recordingFetch(stored, async () => new Response("x".repeat(101)), 100);
  await assert.rejects(fetch("http://localhost/long", {}), TypeError);
  assert.deepEqual(stored, {});
});
