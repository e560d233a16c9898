import assert from "node:assert/strict";
import { after, test } from "node:test";
import { verifyJWS, verifyJWT } from "did-jwt";
import { Resolver } from "did-resolver";
import { decodeJwt, decodeProtectedHeader, type JWK } from "jose";
import { getResolver } from "../../resolver/get-resolver.ts";
import { parseNetworkDescriptor } from "../../resolver/index.ts";
import { BrowserSession } from "../example/helpers/browser-session.ts";
import { Desk } from "../example/helpers/desk.ts";
import { beginHere } from "../example/helpers/login.ts";
import { startExample } from "../example/helpers/stage.ts";
import { present, readRequest, TestWallet } from "../example/helpers/wallet.ts";

const { config } = await startExample({ after });
const { urls, nodes, issuers, verifiers } = config;
const descriptor = parseNetworkDescriptor(await (await fetch(`${nodes[0]}/network`)).json());
const resolver = new Resolver(getResolver({ networks: [{ descriptor, nodes }] }));
// did-jwt names the types of did-resolver 4, which those of did-resolver 5 are not assignable to.
const options = { resolver: resolver as never, proofPurpose: "assertionMethod" } as const;

const wallet = await TestWallet.for(urls.issuer);
const { offerUri, txCode } = await new Desk(urls.desk).issue(1, "official-id");
const [held = assert.fail()] = await wallet.fetchCards(await wallet.redeem(offerUri, txCode), "official-id", 1);
const [jwt = ""] = held.card.split("~");

/** Another signature of the same form. */
const forged = (jws: string) => `${jws.slice(0, jws.lastIndexOf("."))}.${"A".repeat(86)}`;

/** A key that only a JWK is known of, as did-jwt takes it. */
const method = (publicKeyJwk: JWK) =>
  ({ id: "#key", type: "JsonWebKey2020", controller: "", publicKeyJwk: publicKeyJwk as object }) as never;

test("did-jwt verifies a card by the DID of its issuer, and refuses it with another signature", async () => {
  const { verified, issuer, signer } = await verifyJWT(jwt, options);
  assert.equal(verified, true);
  assert.equal(issuer, issuers["official-id"]?.did);
  assert.equal(signer.id, decodeProtectedHeader(jwt).kid);
  await assert.rejects(verifyJWT(forged(jwt), options), /invalid_signature/);
});

test("did-jwt verifies a site's request by a key of the site's DID", async () => {
  const request = await (await fetch(await beginHere(new BrowserSession(urls.messenger)))).text();
  const { kid = "" } = decodeProtectedHeader(request);
  const { didDocument } = await resolver.resolve(verifiers.messenger?.did ?? "");
  assert(didDocument?.authentication?.includes(kid));
  const methods = (didDocument?.verificationMethod ?? []).filter(({ publicKeyJwk }) => publicKeyJwk !== undefined);
  assert.equal(verifyJWS(request, methods as never).id, kid);
  assert.throws(() => verifyJWS(forged(request), methods as never), /invalid_signature/);
});

test("did-jwt verifies the key binding of a presentation by the key that the card names", async () => {
  const request = await readRequest(await beginHere(new BrowserSession(urls.messenger)));
  const presentation = await present(held, request);
  const binding = presentation.slice(presentation.lastIndexOf("~") + 1);
  const { cnf } = decodeJwt<{ cnf: { jwk: JWK } }>(jwt);
  assert.equal(verifyJWS(binding, method(cnf.jwk)).id, "#key");
  assert.throws(() => verifyJWS(binding, method(wallet.dpop.jwk)), /invalid_signature/);
});
