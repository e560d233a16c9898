import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { LOGIN_TEXTS } from "../../examples/mobile-id/approval/sites.ts";
import { until } from "../../scripts/rehearsal/until.ts";
import { BrowserSession } from "./helpers/browser-session.ts";
import { Desk } from "./helpers/desk.ts";
import { answerTo, beginHere, reasonOf } from "./helpers/login.ts";
import { startExample } from "./helpers/stage.ts";
import { type HeldCard, newKeys, present, readRequest, respond, TestWallet, type Wrong } from "./helpers/wallet.ts";
import { withdraw } from "./helpers/withdraw.ts";

const { config } = await startExample({ after });
const { urls, verifiers } = config;
const desk = new Desk(urls.desk);
const MAPAE = join(import.meta.dirname, "..", "..", "cli", "mapae.mjs");
const [HONG, KIM, PARK] = [1, 2, 4];

async function cardsOf(person: number, configuration: string, count: number): Promise<HeldCard[]> {
  const wallet = await TestWallet.for(urls.issuer);
  const { offerUri, txCode } = await desk.issue(person, configuration);
  return wallet.fetchCards(await wallet.redeem(offerUri, txCode), configuration, count);
}

const cards = await cardsOf(HONG, "official-id", 10);
const nextCard = () => cards.shift() ?? assert.fail("no cards are left");

async function beginOnPc(browser: BrowserSession) {
  const text = await (await browser.post("/login/qr")).text();
  const [, uri = ""] = /data-request="([^"]+)"/.exec(text) ?? [];
  const [, digits = ""] = /id="digits">([0-9]{2})</.exec(text) ?? [];
  return { requestUri: new URL(uri.replaceAll("&#38;", "&")).searchParams.get("request_uri") ?? "", digits };
}

async function returnPath(answer: Response): Promise<string> {
  assert.equal(answer.status, 200, await answer.clone().text());
  const { redirect_uri: uri } = (await answer.json()) as { redirect_uri: string };
  return uri.slice(new URL(uri).origin.length);
}

/** A page that says in words why it goes no further, in the language of its reader. */
async function expectNotice(answer: Response, text: "otherSession" | "unknownCode" | "wrongDigits"): Promise<void> {
  assert.equal(answer.status, 403);
  const page = await answer.text();
  const said = Object.values(LOGIN_TEXTS).filter((texts) => page.includes(texts[text].replaceAll("'", "&#39;")));
  assert.equal(said.length, 1, page);
}

test("a request is signed by a key of the verifier's DID, names its purpose, and asks for no more than that has", async () => {
  const uri = await beginHere(new BrowserSession(urls.mail));
  const answer = await fetch(uri);
  assert.equal(answer.headers.get("content-type"), "application/oauth-authz-req+jwt");
  const jwt = await answer.text();
  const { typ, kid = "" } = decodeProtectedHeader(jwt);
  assert.equal(typ, "oauth-authz-req+jwt");
  const mail = verifiers.mail ?? assert.fail();
  assert(kid.startsWith(`${mail.did}#`));
  const headers = { accept: "application/did" };
  const resolved = await fetch(`${config.nodes[0]}/1.0/identifiers/${mail.did}`, { headers });
  const document = (await resolved.json()) as { authentication: string[] };
  assert(document.authentication.includes(kid ?? ""));
  const payload = decodeJwt(jwt) as Record<string, unknown>;
  assert.equal(payload.client_id, `decentralized_identifier:${mail.did}`);
  assert.equal(payload.aud, "https://self-issued.me/v2");
  assert.deepEqual(payload.verifier_info, [{ format: "mapae_purpose", data: mail.purpose }]);
  assert(String(payload.nonce).length >= 43);
});

test("mapae trust show says what each site may ask, by the document that its purpose has on chain", async () => {
  const env = { ...process.env, MAPAE_NETWORK: config.network, MAPAE_RPC_URLS: config.chain };
  const show = async (did: string, ...more: string[]) => {
    const args = ["trust", "show", did, "--node", config.nodes[0] ?? "", ...more];
    return (await promisify(execFile)(process.execPath, [MAPAE, ...args], { env })).stdout;
  };
  const { did, purpose } = verifiers.mail ?? assert.fail();
  const { grants } = JSON.parse(await show(did, "--json")) as { grants: { typeUri: string; mayAsk: unknown }[] };
  const [{ typeUri, mayAsk } = {}] = grants;
  assert.equal(typeUri, purpose);
  assert.partialDeepStrictEqual(mayAsk, {
    purpose,
    credentials: [{ vct: config.issuers["official-id"]?.type, claims: [["staff_number"]] }],
  });
  assert.match(await show(did), /asks {3}https:.*official-id\/v1: staff_number; kept for P/);
  // An issuer's type is about credentials, and lets nobody ask for anything.
  assert.doesNotMatch(await show(config.issuers["official-id"]?.did ?? ""), /asks {3}/);
});

test("each site logs in with the claims that it asks for, and learns no others", async () => {
  const said = { approval: /홍길동, 디지털정부국 \(20190347\)/, messenger: /홍길동, 디지털정부국/, mail: /20190347@/ };
  for (const [part, words] of Object.entries(said) as [keyof typeof said, RegExp][]) {
    const browser = new BrowserSession(urls[part]);
    const path = await returnPath(await answerTo(await beginHere(browser), nextCard()));
    assert.equal((await browser.get(path)).status, 303);
    assert.match((await browser.welcome()) ?? "", words);
    await browser.post("/logout");
    assert.equal(await browser.welcome(), undefined);
  }
});

test("the code of an answer logs in once, in the session that asked alone", async () => {
  const [victim, thief] = [new BrowserSession(urls.approval), new BrowserSession(urls.approval)];
  const path = await returnPath(await answerTo(await beginHere(victim), nextCard()));
  await beginHere(thief);
  await expectNotice(await thief.get(path), "otherSession");
  assert.equal(await thief.welcome(), undefined);
  await expectNotice(await victim.get(path), "unknownCode");
  const again = await returnPath(await answerTo(await beginHere(victim), nextCard()));
  assert.equal((await victim.get(again)).status, 303);
  await expectNotice(await victim.get(again), "unknownCode");
});

test("on a PC the phone's person types the digits that the PC shows, once", async () => {
  const [pc, phone] = [new BrowserSession(urls.approval), new BrowserSession(urls.approval)];
  const typed = async (digits: string, requestUri: string) => {
    const page = await (await phone.get(await returnPath(await answerTo(requestUri, nextCard())))).text();
    const [, answer = ""] = /name="answer" value="([^"]+)"/.exec(page) ?? [];
    return {
      first: await phone.post("/confirm", { answer, digits }),
      again: () => phone.post("/confirm", { answer, digits }),
    };
  };
  const state = async () => ((await (await pc.get("/login/state")).json()) as { state: string }).state;

  const relayed = await beginOnPc(pc);
  const wrong = await typed(relayed.digits === "00" ? "01" : "00", relayed.requestUri);
  await expectNotice(wrong.first, "wrongDigits");
  assert.equal(await state(), "ended");
  assert.equal(await pc.welcome(), undefined);

  const { requestUri, digits } = await beginOnPc(pc);
  assert.equal(await state(), "waiting");
  const right = await typed(digits, requestUri);
  assert.equal(right.first.status, 200);
  assert.equal((await right.again()).status, 403);
  assert.equal(await state(), "done");
  assert.equal((await pc.post("/login/finish")).status, 303);
  assert.match((await pc.welcome()) ?? "", /홍길동/);
  assert.equal(await phone.welcome(), undefined, "the phone is not logged in by it");
});

test("a presentation that is wrong is refused with its reason, and logs nobody in", async () => {
  const browser = new BrowserSession(urls.approval);
  const held = nextCard();
  const now = Math.floor(Date.now() / 1_000);
  const rows: [reason: string, wrong: Wrong][] = [
    ["otherAudience", { aud: "decentralized_identifier:did:mapae:local:0x00" }],
    ["otherNonce", { nonce: "of another request" }],
    ["otherPresentation", { sd_hash: "A".repeat(43) }],
    ["keyBindingOutOfTime", { iat: now - 600 }],
    ["keyBindingOutOfTime", { iat: now + 600 }],
    ["keyBindingNotOfHolder", { keys: await newKeys() }],
    ["malformed", { state: "another" }],
  ];
  for (const [reason, wrong] of rows) {
    assert.deepEqual(await reasonOf(await answerTo(await beginHere(browser), held, wrong)), [400, reason]);
  }
  const altered = { ...held, card: held.card.replace(/\.([^.~]{10})/, (_, ten: string) => `.${ten.slice(0, 9)}_`) };
  assert.equal((await answerTo(await beginHere(browser), altered)).status, 400);
  const forged = { ...held, card: held.card.replace(/\.[A-Za-z0-9_-]+~/, `.${"A".repeat(86)}~`) };
  assert.deepEqual(await reasonOf(await answerTo(await beginHere(browser), forged)), [400, "badSignature"]);
  const [unbound = ""] = held.card.split("~");
  const request = await readRequest(await beginHere(browser));
  assert.deepEqual(await reasonOf(await respond(request, `${unbound}~`)), [400, "keyBindingMissing"]);
  const plain = await fetch(request.response_uri, {
    method: "POST",
    body: new URLSearchParams({ response: "no JWE" }),
  });
  assert.deepEqual(await reasonOf(plain), [400, "malformed"]);
  assert.equal(await browser.welcome(), undefined);

  // What was shown once is of no use for another request, nor for the same one again.
  const first = await readRequest(await beginHere(browser));
  const shown = await present(held, first);
  assert.equal((await respond(first, shown)).status, 200);
  assert.deepEqual(await reasonOf(await respond(first, shown)), [400, "requestOver"]);
  const second = await readRequest(await beginHere(browser));
  assert.deepEqual(await reasonOf(await respond(second, shown)), [400, "otherNonce"]);
  // Neither is the same copy of the card in another presentation that its holder's key signed.
  assert.deepEqual(await reasonOf(await respond(second, await present(held, second))), [400, "shownBefore"]);
});

test("a request is over after five bad answers", async () => {
  const request = await readRequest(await beginHere(new BrowserSession(urls.mail)));
  const held = nextCard();
  const wrong = await present(held, request, { nonce: "another" });
  const reasons = [];
  for (let tries = 0; tries < 6; tries++) reasons.push((await reasonOf(await respond(request, wrong)))[1]);
  assert.deepEqual(reasons, [...new Array(5).fill("otherNonce"), "tooManyAnswers"]);
  assert.deepEqual(await reasonOf(await respond(request, await present(held, request))), [400, "tooManyAnswers"]);
});

test("a card of another type, one that is suspended and one that is revoked are refused", async () => {
  const browser = new BrowserSession(urls.approval);
  const [welfare = assert.fail()] = await cardsOf(KIM, "welfare-card", 1);
  assert.deepEqual(await reasonOf(await answerTo(await beginHere(browser), welfare)), [400, "otherType"]);
  const [suspended = assert.fail()] = await cardsOf(PARK, "official-id", 1);
  await desk.change(`/people/${PARK}/suspend`);
  await untilRefused(browser, suspended, "suspended");
  const held = nextCard();
  await desk.change(`/people/${HONG}/lost`);
  await untilRefused(browser, held, "revoked");
});

test("a wallet that declines ends the request", async () => {
  const browser = new BrowserSession(urls.approval);
  const request = await readRequest(await beginHere(browser));
  const body = new URLSearchParams({ error: "access_denied", state: request.state });
  assert.equal((await fetch(request.response_uri, { method: "POST", body })).status, 200);
  assert.deepEqual(await (await browser.get("/login/state")).json(), { state: "ended" });
});

test("a login is begun from the site's own page alone", async () => {
  const browser = new BrowserSession(urls.approval);
  for (const path of ["/login/here", "/login/qr", "/login/finish", "/logout", "/confirm"]) {
    assert.equal((await browser.post(path, {}, "https://another.example")).status, 403);
  }
});

test("cards that were issued since the day from which an issuer's accreditation is withdrawn are refused", async () => {
  const browser = new BrowserSession(urls.approval);
  const [held = assert.fail()] = await cardsOf(HONG, "official-id", 1);
  await withdraw(config, "agency", "--from", new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10));
  await untilRefused(browser, held, "notAccredited");
});

/** Nodes learn of a change a moment after it is on the chain. */
async function untilRefused(browser: BrowserSession, held: HeldCard, wanted: string): Promise<void> {
  let reason: unknown;
  const isRefused = async () => {
    [, reason] = await reasonOf(await answerTo(await beginHere(browser), held));
    return reason === wanted;
  };
  await until(`the answer is refused as ${wanted}`, isRefused, () => reason);
}
