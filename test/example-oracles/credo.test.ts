import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import express from "express";
import { compactDecrypt, decodeProtectedHeader } from "jose";
import { openDevice } from "../example/browser/helpers/browsers.ts";
import { Phone } from "../example/browser/helpers/phone.ts";
import { BrowserSession } from "../example/helpers/browser-session.ts";
import { Desk } from "../example/helpers/desk.ts";
import { beginHere } from "../example/helpers/login.ts";
import { startChanged } from "../example/helpers/parts.ts";
import { credoAgents } from "./helpers/credo.ts";

// credo-ts 0.6 refuses x5c beside an iss that is a DID, which SD-JWT VC allows: cards are without certificates here.
const config = await startChanged({ after }, { certificates: false });
const { urls, nodes, verifiers, issuers } = config;
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

test("credo-ts as a verifier asks the wallet, and sees the claims that its holder agreed to", async (t) => {
  const app = express();
  app.use((_request, response, next) => {
    response.set("access-control-allow-origin", "*");
    next();
  });
  const server = createServer(app).listen(0, "localhost");
  await once(server, "listening");
  t.after(() => server.close());
  const baseUrl = `http://localhost:${(server.address() as AddressInfo).port}/credo`;
  const agent = await credo.start({ app, baseUrl });
  t.after(() => agent.shutdown());

  // The agent requests as the messenger, with a key of the messenger's DID.
  const password = (await readFile(config.password)).toString().trimEnd();
  const sealed = (await readFile(messenger.key, "utf8")).trim();
  const { plaintext } = await compactDecrypt(sealed, Buffer.from(password), {
    keyManagementAlgorithms: [decodeProtectedHeader(sealed).alg ?? ""],
    maxPBES2Count: 1_000_000,
  });
  const { issuer: _, ...privateJwk } = JSON.parse(new TextDecoder().decode(plaintext));
  const { keyId: kmsKeyId } = await agent.kms.importKey({ privateJwk });
  const document = await (await fetch(`${nodes[0]}/1.0/identifiers/${messenger.did}`, DOCUMENT)).json();
  const { verificationMethod } = document as { verificationMethod: { id: string; publicKeyJwk?: object }[] };
  const didUrl = verificationMethod.find(({ publicKeyJwk }) => publicKeyJwk !== undefined)?.id ?? "";
  const relative = didUrl.slice(didUrl.indexOf("#"));
  await agent.dids.import({ did: messenger.did, keys: [{ didDocumentRelativeKeyId: relative, kmsKeyId }] });
  const { verifier } = agent.openid4vc;
  const { verifierId } = await verifier.createVerifier();
  const ask = () =>
    verifier.createAuthorizationRequest({
      verifierId,
      requestSigner: { method: "did", didUrl },
      responseMode: "direct_post.jwt",
      version: "v1",
      verifierInfo: [{ format: "mapae_purpose", data: messenger.purpose }],
      dcql: {
        query: {
          credentials: [
            {
              id: "card",
              format: "dc+sd-jwt",
              meta: { vct_values: [issuers["official-id"]?.type] },
              claims: [{ path: ["name"] }, { path: ["department"] }],
            },
          ],
        },
      },
    });

  const device = await openDevice(t, { kind: "phone", language: "en" });
  const phone = new Phone(device, { url: urls.wallet, language: "en", screens: { look: async () => undefined } });
  await phone.begin("pin");
  const { offerUri, txCode } = await desk.issue(1, "official-id");
  await phone.paste(offered(offerUri));
  await phone.at("offer");
  await phone.page.fill("input[name=code]", txCode);
  await phone.press("offer.accept");
  await phone.at("received");
  await phone.press("offer.toCards");

  const { authorizationRequest, verificationSession } = await ask();
  await phone.paste(authorizationRequest);
  await phone.at("consent");
  assert((await phone.text()).includes(phone.words("consent.accredited")));
  await phone.press("consent.accept");
  await phone.at("done");
  const { state, errorMessage } = await verifier.getVerificationSessionById(verificationSession.id);
  assert.equal(state, "ResponseVerified", errorMessage ?? state);
  const { dcql } = await verifier.getVerifiedAuthorizationResponse(verificationSession.id);
  const claims = dcql?.presentations.card?.[0]?.prettyClaims ?? {};
  assert.deepEqual([claims.name, claims.department], ["홍길동", "디지털정부국"]);
  assert.deepEqual([claims.staff_number, claims.organization, claims.position], [undefined, undefined, undefined]);

  const again = await ask();
  await phone.press("done.home");
  await phone.paste(again.authorizationRequest);
  await phone.at("consent");
  await phone.press("consent.decline");
  await phone.at("done");
  assert.notEqual((await verifier.getVerificationSessionById(again.verificationSession.id)).state, "ResponseVerified");
});

const DOCUMENT = { headers: { accept: "application/did+ld+json" } };
