import assert from "node:assert/strict";
import { after, test } from "node:test";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { wordsOf } from "../../examples/mobile-id/shared/words.ts";
import { until } from "../../scripts/rehearsal/until.ts";
import { BrowserSession } from "./helpers/browser-session.ts";
import { Desk } from "./helpers/desk.ts";
import { GateSession } from "./helpers/gate-session.ts";
import { startHouses } from "./helpers/houses.ts";
import { answerTo, beginHere, reasonOf } from "./helpers/login.ts";
import { type HeldCard, TestWallet } from "./helpers/wallet.ts";

const { config, house, second, pass, burnIssuer } = await startHouses({ after });
const { urls, nodes } = config;
const issuer = config.issuers["official-id"] ?? assert.fail();

const cards: HeldCard[] = [];
for (const _ of [1, 2]) {
  const wallet = await TestWallet.for(urls.issuer);
  const { offerUri, txCode } = await new Desk(urls.desk).issue(1, "official-id");
  cards.push(...(await wallet.fetchCards(await wallet.redeem(offerUri, txCode), "official-id", 10)));
}
const nextCard = () => cards.shift() ?? assert.fail("no cards are left");

/** Logs in with the next copy of the card: what the site says, in its word for the wallet where it refuses. */
async function logIn(): Promise<unknown> {
  const answer = await answerTo(await beginHere(new BrowserSession(urls.approval)), nextCard());
  return answer.ok ? "in" : (await reasonOf(answer))[1];
}

const gate = new GateSession(urls.gate);
const atTheDoor = () => gate.show("door", nextCard());

/** Takes facts of this hour: the operators attest a block some moments after it is made. */
const takeNewFacts = () =>
  until("the gate has facts of this hour", async () => {
    const factsAt = await gate.takeFacts().catch(() => 0); // no node has a bundle yet
    return factsAt > Date.now() / 1_000 - 3_600;
  });

/** Seconds for which a list counts as new: between two of a test's steps more than that pass. */
const NEW = 1_800;

/**
 * Waits until the sites' node has a list that a key signed after time passed last. It asks other nodes some seconds after that.
 */
const untilSigned = (by: string) =>
  until(`the sites' node has a new list by ${by}`, async () => {
    const list = await listOf(nodes[0] ?? "");
    return list?.kid === by && list.signedAt > Date.now() / 1_000 - NEW;
  });

function expectWords(reason: unknown): void {
  for (const language of ["ko", "en"] as const) {
    assert.notEqual(wordsOf(language).maybe(`reason.${reason}`, ""), "", `${reason} in ${language}`);
  }
}

test("before any failure, the issuer's own site signs the list that the sites' node serves", async () => {
  assert.deepEqual([await logIn(), await atTheDoor()], ["in", "valid"]);
  await untilSigned((await listOf(house.url))?.kid ?? assert.fail("the issuer's node has no list"));
});

let secondKey = "";

test("when the issuer's site fails, log-ins continue with the lists of a second signing site", async () => {
  const site = await second();
  secondKey = (await listOf(site.url))?.kid ?? assert.fail("the second site has no list");
  assert.notEqual(secondKey, (await listOf(house.url))?.kid);
  await Promise.all([burnIssuer(), house.burn()]);
  for (const url of [urls.issuer, urls.desk, house.url]) await assert.rejects(fetch(url), TypeError);
  for (const hours of [1, 22]) {
    await pass(hours);
    assert.equal(await logIn(), "in");
    await untilSigned(secondKey);
  }

  // The gate's network has been cut since the morning before: it decides by its bundle for a day.
  assert.equal(await atTheDoor(), "valid");
  await pass(2);
  const refused = await atTheDoor();
  assert.equal(refused, "expired");
  expectWords(refused);
  // What a bundle says is on the chain, and attested by the consortium: no key of the issuer's is needed for it.
  await takeNewFacts();
  assert.equal(await atTheDoor(), "valid");

  assert.equal(await logIn(), "in");
  await untilSigned(secondKey);
  await site.burn();
});

test("when the second site fails, too, log-ins continue for a day with the last signed list, and then are refused with the reason", async () => {
  await pass(23);
  assert.equal(await logIn(), "in");
  await pass(2);
  const reason = await logIn();
  assert.equal(reason, "statusUnavailable");
  expectWords(reason);
  // The gate does not need the sites that sign lists.
  await takeNewFacts();
  assert.equal(await atTheDoor(), "valid");
});

test("once a site with a key of the issuer runs again, log-ins continue; cards end only by their own date", async () => {
  await second();
  // It signs again once its index has caught up with a day of blocks.
  await untilSigned(secondKey);
  assert.equal(await logIn(), "in");
  await pass(13 * 24);
  const reason = await logIn();
  assert.equal(reason, "credentialExpired");
  expectWords(reason);
});

/** The issuer's list as a node gives it: by which key it is signed, and when; none while the node has none. */
async function listOf(node: string) {
  const answer = await fetch(`${node}${new URL(issuer.listUri).pathname}`);
  if (!answer.ok) return undefined;
  const token = await answer.text();
  return { kid: decodeProtectedHeader(token).kid ?? "", signedAt: decodeJwt(token).iat ?? 0 };
}
