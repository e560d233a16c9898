import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { request } from "node:http";
import { after, test } from "node:test";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { parseNetworkDescriptor, verifier } from "../../resolver/index.ts";
import { until } from "../../scripts/rehearsal/until.ts";
import { Desk } from "./helpers/desk.ts";
import { startExample } from "./helpers/stage.ts";
import { type HeldCard, newKeys, TestWallet } from "./helpers/wallet.ts";

const { config } = await startExample({ after });
const { urls, nodes, issuers } = config;
const desk = new Desk(urls.desk);
const descriptor = parseNetworkDescriptor(await (await fetch(`${nodes[0]}/network`)).json());
const { verify } = verifier({ networks: [{ descriptor, nodes }] });

const [HONG, KIM, LEE] = [1, 2, 3];
const DAY = 86_400;

async function cardsOf(person: number, configuration: string, count = 1) {
  const wallet = await TestWallet.for(urls.issuer);
  const { offerUri, txCode } = await desk.issue(person, configuration);
  const tokens = await wallet.redeem(offerUri, txCode);
  return { wallet, tokens, cards: await wallet.fetchCards(tokens, configuration, count) };
}

const indexOf = ({ card }: HeldCard) =>
  (decodeJwt(card.split("~")[0] ?? "") as { status: { status_list: { idx: number } } }).status.status_list.idx;

/** Nodes sign a list again some time after it changed. */
const untilRevoked = (card: string) =>
  until("the card is revoked", async () => (await verify(card)).reason === "revoked");

async function errorOf(answer: Response): Promise<[number, unknown]> {
  return [answer.status, ((await answer.json()) as { error: unknown }).error];
}

test("a batch of cards is valid, and no two have an index, a key or a disclosure in common", async () => {
  const { cards } = await cardsOf(HONG, "official-id", 10);
  for (const { card } of cards) {
    const { verdict, reason, credential } = await verify(card, { type: issuers["official-id"]?.type ?? "" });
    assert.deepEqual([verdict, reason], ["valid", undefined]);
    assert.deepEqual(Object.keys(credential.claims).sort(), [
      ...[
        "cnf",
        "department",
        "exp",
        "iat",
        "iss",
        "name",
        "organization",
        "position",
        "staff_number",
        "status",
        "vct",
      ],
    ]);
  }
  assert.equal(new Set(cards.map(indexOf)).size, 10);
  const own = cards.flatMap(({ card }) => card.split("~").slice(1, -1));
  assert.equal(new Set(own).size, own.length);
});

test("a card says ages in place of a date of birth, and its times are whole days", async () => {
  const { cards } = await cardsOf(KIM, "welfare-card");
  const [held = assert.fail()] = cards;
  const { credential } = await verify(held.card);
  assert.deepEqual(credential.claims.age_equal_or_over, { 19: true, 65: true });
  assert.doesNotMatch(JSON.stringify(credential.claims), /1954/);
  const { exp = 0 } = decodeJwt(held.card.split("~")[0] ?? "");
  assert.equal(exp % DAY, 0);
  const left = exp - Date.now() / 1_000;
  assert(left > 7 * DAY && left <= 14 * DAY, `it holds for ${left} s`);
  const { kid, x5c } = decodeProtectedHeader(held.card.split("~")[0] ?? "");
  assert(kid?.startsWith(`${issuers["welfare-card"]?.did}#`));
  const leaf = new X509Certificate(Buffer.from(x5c?.[0] ?? "", "base64"));
  assert.match(leaf.subjectAltName ?? "", new RegExp(`URI:${issuers["welfare-card"]?.did}`));
  const root = new X509Certificate(await (await fetch(`${urls.issuer}/ca.pem`)).text());
  assert(leaf.verify(root.publicKey));
});

test("the metadata has exactly the existing endpoints", async () => {
  const read = async (name: string) => {
    const answer = await fetch(`${urls.issuer}/.well-known/${name}`);
    assert.equal(answer.headers.get("content-type"), "application/json");
    return (await answer.json()) as Record<string, unknown>;
  };
  const [issuer, server] = [await read("openid-credential-issuer"), await read("oauth-authorization-server")];
  assert.deepEqual([issuer.credential_issuer, server.issuer], [urls.issuer, urls.issuer]);
  for (const absent of ["credential_response_encryption", "deferred_credential_endpoint", "notification_endpoint"]) {
    assert.equal(issuer[absent], undefined);
  }
  assert.deepEqual(issuer.batch_credential_issuance, { batch_size: 10 });
  assert.deepEqual(server.grant_types_supported, [
    ...["urn:ietf:params:oauth:grant-type:pre-authorized_code", "refresh_token"],
  ]);
  assert.deepEqual(server.response_types_supported, []);
  for (const [url, method] of [
    [issuer.credential_endpoint, "POST"],
    [issuer.nonce_endpoint, "POST"],
    [server.token_endpoint, "POST"],
    [server.authorization_endpoint, "GET"],
  ] as const) {
    assert.notEqual((await fetch(String(url), { method })).status, 404, String(url));
  }
  assert.equal((await fetch(String(server.authorization_endpoint))).status, 400, "it leads nobody on");
});

test("a refresh token gives new cards to the key that it was given to, and to no other", async () => {
  const { wallet, tokens } = await cardsOf(KIM, "welfare-card");
  const again = await wallet.refresh(tokens);
  assert.equal((await wallet.fetchCards(again, "welfare-card", 2)).length, 2);
  const thief = await TestWallet.for(urls.issuer);
  const stolen = await thief.token({ grant_type: "refresh_token", refresh_token: tokens.refresh_token });
  assert.deepEqual(await errorOf(stolen), [400, "invalid_grant"]);
  const used = await thief.credential(again.access_token, {});
  assert.deepEqual(await errorOf(used), [401, "invalid_dpop_proof"]);
  assert.match(used.headers.get("www-authenticate") ?? "", /^DPoP error="invalid_dpop_proof"/);
});

test("an offer is taken once, and gone after five wrong codes", async () => {
  const wallet = await TestWallet.for(urls.issuer);
  const codeOf = async (offerUri: string) => {
    const { grants } = (await (await fetch(offerUri)).json()) as { grants: Record<string, Record<string, string>> };
    const [[grant_type = "", details] = []] = Object.entries(grants);
    return { grant_type, "pre-authorized_code": details?.["pre-authorized_code"] ?? "" };
  };
  const { offerUri, txCode } = await desk.issue(KIM, "welfare-card");
  const used = { ...(await codeOf(offerUri)), tx_code: txCode };
  assert.equal((await wallet.token(used)).status, 200);
  assert.deepEqual(await errorOf(await wallet.token(used)), [400, "invalid_grant"]);
  assert.equal((await fetch(offerUri)).status, 404);
  const next = await desk.issue(KIM, "welfare-card");
  const code = await codeOf(next.offerUri);
  assert.deepEqual(await errorOf(await wallet.token(code)), [400, "invalid_request"]);
  const wrong = next.txCode === "000000" ? "000001" : "000000";
  const guesses = await Promise.all(Array.from({ length: 5 }, () => wallet.token({ ...code, tx_code: wrong })));
  for (const guess of guesses) assert.deepEqual(await errorOf(guess), [400, "invalid_grant"]);
  assert.deepEqual(await errorOf(await wallet.token({ ...code, tx_code: next.txCode })), [400, "invalid_grant"]);
});

test("a DPoP proof is taken once, for this place, by its own key, and not for long", async () => {
  const wallet = await TestWallet.for(urls.issuer);
  const token = `${urls.issuer}/token`;
  const fields = { grant_type: "refresh_token", refresh_token: "none" };
  const proof = await wallet.proof(token);
  assert.deepEqual(await errorOf(await wallet.token(fields, proof)), [400, "invalid_grant"]);
  const other = await newKeys();
  const forged = await wallet.proof(token, {}, { privateKey: other.privateKey, jwk: wallet.dpop.jwk });
  const now = Math.floor(Date.now() / 1_000);
  for (const wrong of [
    proof,
    forged,
    await wallet.proof(`${urls.issuer}/credential`),
    await wallet.proof(token, { htm: "GET" }),
    await wallet.proof(token, { iat: now - 3_600 }),
    await wallet.proof(token, { iat: now + 3_600 }),
    await wallet.proof(token, { jti: "x".repeat(257) }),
    "no.proof.",
  ]) {
    assert.deepEqual(await errorOf(await wallet.token(fields, wrong)), [400, "invalid_dpop_proof"]);
  }
});

test("a request for cards that is wrong is refused by the error that the specification names", async () => {
  const { wallet, tokens } = await cardsOf(HONG, "official-id");
  const id = { credential_configuration_id: "official-id" };
  const keys = await newKeys();
  const good = async () => ({ jwt: [await wallet.keyProof(keys, { nonce: await wallet.nonce() })] });
  const proofOf = async (claims: object, header: object = {}, by = keys) => ({
    jwt: [await wallet.keyProof(by, { nonce: await wallet.nonce(), ...claims }, { ...header })],
  });
  const now = Math.floor(Date.now() / 1_000);
  const rows: [error: string, body: unknown][] = [
    ["unknown_credential_configuration", { credential_configuration_id: "passport", proofs: await good() }],
    ["unknown_credential_configuration", { credential_configuration_id: "constructor", proofs: await good() }],
    ["unknown_credential_identifier", { credential_identifier: "one", proofs: await good() }],
    ["credential_request_denied", { credential_configuration_id: "welfare-card", proofs: await good() }],
    ["invalid_credential_request", { proofs: await good() }],
    ["invalid_credential_request", [1]],
    ["invalid_proof", id],
    ["invalid_proof", { ...id, proofs: {} }],
    ["invalid_proof", { ...id, proofs: { jwt: [] } }],
    ["invalid_proof", { ...id, proofs: { jwt: ["no proof"] } }],
    ["invalid_nonce", { ...id, proofs: await proofOf({ nonce: "made up" }) }],
    ["invalid_proof", { ...id, proofs: await proofOf({ aud: "https://another.example" }) }],
    ["invalid_proof", { ...id, proofs: await proofOf({ iat: now - 3_600 }) }],
    ["invalid_proof", { ...id, proofs: await proofOf({}, { typ: "JWT" }) }],
    ["invalid_proof", { ...id, proofs: await proofOf({}, { jwk: (await newKeys()).jwk }) }],
  ];
  for (const [error, body] of rows) {
    const answer = await wallet.credential(tokens.access_token, body);
    assert.deepEqual(await errorOf(answer), [400, error], JSON.stringify(body).slice(0, 120));
  }
  const once = await good();
  assert.equal((await wallet.credential(tokens.access_token, { ...id, proofs: once })).status, 200);
  assert.deepEqual(await errorOf(await wallet.credential(tokens.access_token, { ...id, proofs: once })), [
    ...[400, "invalid_nonce"],
  ]);
  const query = await fetch(`${urls.issuer}/credential?access_token=${tokens.access_token}`, { method: "POST" });
  assert.deepEqual(await errorOf(query), [400, "invalid_request"]);
  assert.deepEqual(await errorOf(await wallet.credential("unknown", id)), [401, "invalid_token"]);
});

test("no part ends for a request whose target is no path, which any page of a browser can send", async () => {
  const statusOf = (url: string, path: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const asked = request(url, { path, method: "GET" }, (answer) => resolve(answer.resume().statusCode));
      asked.on("error", reject).end();
    });
  for (const url of Object.values(urls)) {
    for (const path of ["//", "///", "//[", "*", "http://"]) {
      const status = (await statusOf(url, path)) ?? 0;
      assert(status >= 400 && status < 500, `${url} answers ${status} to ${path}`);
    }
    assert.equal((await statusOf(url, "/style.css")) === undefined, false, `${url} still answers`);
  }
});

test("the desk takes changes from its own page alone", async () => {
  assert.equal((await desk.post(`/people/${LEE}/lost`, "https://another.example")).status, 403);
  assert.equal((await fetch(`${urls.desk}/people/${LEE}/lost`, { method: "POST" })).status, 403);
  assert.equal((await desk.post(`/people/${LEE}/issue/official-id`)).status, 409);
  assert.equal((await desk.post("/people/99/lost")).status, 404);
});

test("suspended cards are invalid until they are reinstated; those of a lost phone are forever, and it gets no more", async () => {
  const { wallet, tokens, cards } = await cardsOf(LEE, "welfare-card", 2);
  const [held = assert.fail()] = cards;
  const reasonOf = async () => (await verify(held.card)).reason;
  await desk.change(`/people/${LEE}/suspend`);
  await until("they are suspended", async () => (await reasonOf()) === "suspended");
  const refreshed = await wallet.refresh(tokens);
  await assert.rejects(wallet.fetchCards(refreshed, "welfare-card", 1), /credential_request_denied/);
  await desk.change(`/people/${LEE}/reinstate`);
  await until("they are reinstated", async () => (await reasonOf()) === undefined);

  await desk.change(`/people/${LEE}/lost`);
  for (const { card } of cards) await untilRevoked(card);
  await assert.rejects(wallet.refresh(tokens), /invalid_grant/);
  const next = await cardsOf(LEE, "welfare-card");
  assert.equal((await verify(next.cards[0]?.card ?? "")).verdict, "valid");
});

test("a person who resigned gets no more cards, and the issued ones are revoked with the day's others", async () => {
  const person = 4;
  const official = await cardsOf(person, "official-id");
  const licence = await cardsOf(person, "drivers-licence");
  const all = [...official.cards, ...licence.cards];
  await desk.change(`/people/${person}/resign`);
  await assert.rejects(official.wallet.refresh(official.tokens), /invalid_grant/);
  for (const { card } of all) assert.equal((await verify(card)).verdict, "valid");
  await desk.change("/send");
  for (const { card } of all) await untilRevoked(card);
  assert.equal((await desk.post(`/people/${person}/issue/official-id`)).status, 409);
});

test("after a rotation a new key signs, and what the one before it signed stays valid", async () => {
  const before = await cardsOf(KIM, "welfare-card");
  await desk.change("/rotate/welfare-card");
  const next = await cardsOf(KIM, "welfare-card");
  const [old = "", fresh = ""] = [before, next].map(({ cards }) => cards[0]?.card ?? "");
  const kid = (card: string) => decodeProtectedHeader(card.split("~")[0] ?? "").kid;
  assert.notEqual(kid(fresh), kid(old));
  for (const card of [old, fresh]) assert.equal((await verify(card)).verdict, "valid");
});
