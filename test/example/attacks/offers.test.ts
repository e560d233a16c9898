import "../helpers/as-browser.ts";
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { CardStore } from "../../../examples/mobile-id/wallet/page/cards/card-store.ts";
import { readOffer } from "../../../examples/mobile-id/wallet/page/cards/offer.ts";
import { receive } from "../../../examples/mobile-id/wallet/page/cards/receive.ts";
import { renewAll } from "../../../examples/mobile-id/wallet/page/cards/renew.ts";
import { problemOf } from "../../../examples/mobile-id/wallet/page/problem.ts";
import { quietly } from "../../../examples/mobile-id/wallet/page/quiet-fetch.ts";
import { MemoryVault } from "../helpers/memory-vault.ts";
import { type SmallIssuer, startIssuer } from "../helpers/small-issuer.ts";
import { cardOf, copyText, Hidden } from "../helpers/wallet-card.ts";

const now = Math.floor(Date.now() / 1_000);
const next = { claims: { name: new Hidden("홍길동") }, expires: now + 86_400 };

/** The link of an offer that an issuer's desk could make, with a code that the paper names. */
function offerOf(issuer: string): string {
  const code = { "pre-authorized_code": "photographed", tx_code: { input_mode: "numeric", length: 6 } };
  const grants = { "urn:ietf:params:oauth:grant-type:pre-authorized_code": code };
  const offer = { credential_issuer: issuer, credential_configuration_ids: ["official-id"], grants };
  return `openid-credential-offer://?${new URLSearchParams({ credential_offer: JSON.stringify(offer) })}`;
}

const byReference = (...urls: readonly string[]) =>
  `openid-credential-offer://?${new URLSearchParams(urls.map((url) => ["credential_offer_uri", url]))}`;

test("a site that no issuer has gets neither the code of the paper nor any request, whoever's offer it repeats", async (t) => {
  const [desk, thief] = [await startIssuer(t, next), await startIssuer(t, next)];
  const vault = new MemoryVault().asVault();
  const links = [
    offerOf(thief.url),
    byReference(`${thief.url}/offers/1`),
    byReference(`${thief.url}@localhost:1/offers/1`),
    byReference(desk.url.replace("localhost", "127.0.0.1")),
  ];
  for (const link of links)
    await assert.rejects(readOffer(vault, link, [desk.url]), { code: "CARD_ISSUER_UNKNOWN" }, link);
  for (const link of [byReference("none"), byReference(`${desk.url}/offers/1`, `${thief.url}/offers/1`)])
    await assert.rejects(readOffer(vault, link, [desk.url]), { code: "CARD_OFFER" }, link);
  assert.deepEqual(thief.asked, []);
  assert.equal((await readOffer(vault, offerOf(desk.url), [desk.url])).codeLength, 6);
});

/** Receives a card by a code. */
async function receiveFrom({ url }: SmallIssuer, vault: MemoryVault) {
  return receive(vault.asVault(), await readOffer(vault.asVault(), offerOf(url), [url]), "123456");
}

test("a card that could not be received, stored or renewed leaves no key on the phone", async (t) => {
  const issuer = await startIssuer(t, next);
  const vault = new MemoryVault();
  const store = new CardStore(vault.asVault());
  const offer = await readOffer(vault.asVault(), offerOf(issuer.url), [issuer.url]);
  issuer.isBroken = true;
  await assert.rejects(receive(vault.asVault(), offer, "000000"));
  issuer.isBroken = false;
  issuer.gives = 0;
  await assert.rejects(receiveFrom(issuer, vault), { code: "CARD_OFFER" });
  assert.equal(vault.keys.size, 0);
  issuer.gives = 4;
  const card = await receiveFrom(issuer, vault);
  assert.equal(vault.keys.size, 5, "four copies, and the key of the refresh token");
  vault.isFull = true;
  await assert.rejects(store.put(card), { name: "QuotaExceededError" });
  assert.equal(vault.keys.size, 0);
  vault.isFull = false;
  const renewal = { token: "refresh", key: await vault.makeKey() };
  await store.put(cardOf([await copyText({})], { issuerUrl: issuer.url, renewal }));
  issuer.next = { ...next, issuer: `did:mapae:local:0x${"b".repeat(40)}` };
  assert.equal((await renewAll(vault.asVault(), store, now)).length, 1, "copies of another issuer");
  issuer.next = next;
  vault.isFull = true;
  assert.equal((await renewAll(vault.asVault(), store, now)).length, 1, "no room for the copies");
  assert.deepEqual([...vault.keys.keys()], [renewal.key]);
});

test("a site that answers without end, or nothing, fails like a broken network, and soon", async (t) => {
  const server = createServer((request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    if (request.url === "/long") response.end("x".repeat(1_001));
    else response.write("{");
  }).listen(0, "localhost");
  await new Promise((resolve) => server.once("listening", resolve));
  t.after(() => server.close());
  t.after(() => server.closeAllConnections());
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const fetch = quietly({ maxBytes: 1_000, timeoutMs: 200 });
  for (const path of ["/long", "/never"]) {
    await assert.rejects(fetch(url + path), (error) => problemOf(error).code === "ISSUER_UNREACHABLE", path);
  }
  const gone = "http://localhost:1";
  await assert.rejects(
    readOffer(new MemoryVault().asVault(), offerOf(gone), [gone]),
    (error) => problemOf(error).code === "ISSUER_UNREACHABLE",
  );
  const aborted = AbortSignal.abort(new Error("by the caller"));
  await assert.rejects(fetch(url, { signal: aborted }), /by the caller/);
  assert.equal((await quietly({ maxBytes: 1_001 })(`${url}/long`)).status, 200);
});
