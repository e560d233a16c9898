import assert from "node:assert/strict";
import { after, test } from "node:test";
import { decodeProtectedHeader } from "jose";
import { wordsOf } from "../../examples/mobile-id/shared/words.ts";
import { BrowserSession } from "./helpers/browser-session.ts";
import { Desk } from "./helpers/desk.ts";
import { GateSession } from "./helpers/gate-session.ts";
import { startHouses, until } from "./helpers/houses.ts";
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
const takeNewFacts = () => until(async () => (await gate.takeFacts()) > Date.now() / 1_000 - 3_600);

/** The key that signed the list that the sites' node gives. */
const listSigner = () => signerOf(nodes[0] ?? "");

function expectWords(reason: unknown): void {
  for (const language of ["ko", "en"] as const) {
    assert.notEqual(wordsOf(language).maybe(`reason.${reason}`, ""), "", `${reason} in ${language}`);
  }
}

test("before anything burns, the issuer's own house signs what the sites' node gives", async () => {
  assert.deepEqual([await logIn(), await atTheDoor()], ["in", "valid"]);
  assert.equal(await listSigner(), await signerOf(house.url));
});

test("the issuer's house burns: with a second signing site, log-ins go on as if nothing had happened", async () => {
  const site = await second();
  const key = await signerOf(site.url);
  assert.notEqual(key, await signerOf(house.url));
  await Promise.all([burnIssuer(), house.burn()]);
  for (const url of [urls.issuer, urls.desk, house.url]) await assert.rejects(fetch(url), TypeError);
  for (const hours of [1, 22]) {
    await pass(hours);
    assert.equal(await logIn(), "in");
    // The sites' node asks the second site some seconds after the first one stopped to answer.
    await until(async () => (await listSigner()) === key);
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
  await site.burn();
});

test("the second site burns too: log-ins go on for a day, by the last list that was signed, then say why not", async () => {
  await pass(23);
  assert.equal(await logIn(), "in");
  await pass(2);
  const reason = await logIn();
  assert.equal(reason, "statusUnavailable");
  expectWords(reason);
  // The gate asks nobody who signs lists.
  await takeNewFacts();
  assert.equal(await atTheDoor(), "valid");
});

test("once a site with a key of the issuer's stands again, log-ins go on; cards run out by their own date alone", async () => {
  const site = await second();
  // It signs again once its index has caught up with a day of blocks, and the sites' node asks it some seconds later.
  await until(async () => (await listSigner()) === (await signerOf(site.url)));
  assert.equal(await logIn(), "in");
  await pass(13 * 24);
  const reason = await logIn();
  assert.equal(reason, "credentialExpired");
  expectWords(reason);
});

/** The key by which a node signs the issuer's list. */
async function signerOf(node: string): Promise<string | undefined> {
  const list = await fetch(`${node}${new URL(issuer.listUri).pathname}`);
  return decodeProtectedHeader(await list.text()).kid;
}
