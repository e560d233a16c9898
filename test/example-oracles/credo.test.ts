import assert from "node:assert/strict";
import { after, test } from "node:test";
import { BrowserSession } from "../example/helpers/browser-session.ts";
import { Desk } from "../example/helpers/desk.ts";
import { beginHere } from "../example/helpers/login.ts";
import { startChanged } from "../example/helpers/parts.ts";
import { credoAgents } from "./helpers/credo.ts";

// credo-ts 0.6 refuses x5c beside an iss that is a DID, which SD-JWT VC allows: cards are without certificates here.
const config = await startChanged({ after }, { certificates: false });
const { urls, nodes, verifiers } = config;
const desk = new Desk(urls.desk);
const { messenger = assert.fail() } = verifiers;

const credo = await credoAgents(async (did) => {
  const answer = await fetch(`${nodes[0]}/1.0/identifiers/${did}`, { headers: { accept: "application/did+ld+json" } });
  return answer.ok ? { didDocument: await answer.json() } : { didDocument: null, error: "notFound" };
});

const offered = (uri: string) => `openid-credential-offer://?${new URLSearchParams({ credential_offer_uri: uri })}`;
const asked = (uri: string, did = "") =>
  `openid4vp://?${new URLSearchParams({ client_id: `decentralized_identifier:${did}`, request_uri: uri })}`;

test("credo-ts as a wallet receives a batch of cards from the issuer, and logs in at a site with one", async () => {
  const wallet = await credo.start();
  after(() => wallet.shutdown());
  const { holder } = wallet.openid4vc;
  const { offerUri, txCode } = await desk.issue(1, "official-id");
  const resolvedCredentialOffer = await holder.resolveCredentialOffer(offered(offerUri));
  const token = await holder.requestToken({ resolvedCredentialOffer, txCode });
  const newKey = async () =>
    credo.publicKey((await wallet.kms.createKeyForSignatureAlgorithm({ algorithm: "ES256" })).publicJwk);
  const { credentials } = await holder.requestCredentials({
    resolvedCredentialOffer,
    ...token,
    credentialBindingResolver: async () => ({ method: "jwk", keys: [await newKey(), await newKey(), await newKey()] }),
  });
  const [cards = assert.fail("no cards")] = credentials;
  assert.equal(cards.record.credentialInstances.length, 3);
  assert.equal(cards.record.firstCredential.prettyClaims.name, "홍길동");
  await wallet.sdJwtVc.store(cards);

  const browser = new BrowserSession(urls.messenger);
  const request = await holder.resolveOpenId4VpAuthorizationRequest(asked(await beginHere(browser), messenger.did));
  assert.equal(request.dcql.queryResult.can_be_satisfied, true);
  const { ok, redirectUri, serverResponse } = await holder.acceptOpenId4VpAuthorizationRequest({
    authorizationRequestPayload: request.authorizationRequestPayload,
    dcql: { credentials: holder.selectCredentialsForDcqlRequest(request.dcql.queryResult) },
  });
  assert(ok && redirectUri !== undefined, JSON.stringify(serverResponse?.body));
  assert.equal((await browser.get(redirectUri.slice(urls.messenger.length))).status, 303);
  assert.match((await browser.welcome()) ?? "", /홍길동, 디지털정부국/);
});

test("credo-ts as a wallet gets no card with a code that is guessed", async () => {
  const wallet = await credo.start();
  after(() => wallet.shutdown());
  const { offerUri, txCode } = await desk.issue(4, "drivers-licence");
  const resolvedCredentialOffer = await wallet.openid4vc.holder.resolveCredentialOffer(offered(offerUri));
  const guess = txCode === "000000" ? "000001" : "000000";
  const token = wallet.openid4vc.holder.requestToken({ resolvedCredentialOffer, txCode: guess });
  await assert.rejects(token, /invalid_grant|tx_code is wrong/);
});
