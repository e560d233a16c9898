import assert from "node:assert/strict";
import { test } from "node:test";
import { exportJWK, generateKeyPair } from "jose";
import { Cards } from "../../examples/mobile-id/issuer/cards.ts";
import { personEntitled } from "../../examples/mobile-id/issuer/credential-endpoint.ts";
import { openDatabase } from "../../examples/mobile-id/issuer/database.ts";
import { deskRoutes } from "../../examples/mobile-id/issuer/desk.ts";
import { Roll } from "../../examples/mobile-id/issuer/roll.ts";
import type { Signing } from "../../examples/mobile-id/issuer/signing.ts";
import { Statuses } from "../../examples/mobile-id/issuer/statuses.ts";
import { Wallets } from "../../examples/mobile-id/issuer/wallets.ts";
import type { ExampleConfig } from "../../examples/mobile-id/shared/config.ts";
import type { IndexAllocator } from "../../node/issuing/index-allocator.ts";

const DESK = "http://localhost:8086";
const HONG = 1;
const OFFICIAL_ID = "official-id";

/** The issuer's own code over a database in memory; a test stands in for the chain, the keys and the allocator. */
async function setUp({ onChain = async () => {}, onAllocate = async () => {} } = {}) {
  const issuer = { did: `did:mapae:local:0x${"a".repeat(40)}`, type: "https://types.mapae.example/official-id/v1" };
  const list = { list: 0, size: 131_072, listUri: "https://node.example/status-lists/0", keys: [], keystore: "" };
  const config = {
    urls: { desk: DESK },
    issuers: { [OFFICIAL_ID]: { ...issuer, ...list } },
  } as unknown as ExampleConfig;
  const database = openDatabase(":memory:");
  const roll = new Roll(database);
  const wallets = new Wallets(database);
  const statuses = new Statuses(config, { database, mapae: onChain });
  const { privateKey } = await generateKeyPair("ES256");
  const sign = (data: Uint8Array) =>
    crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, new Uint8Array(data));
  const signer = {
    keyId: `${issuer.did}#key-1`,
    algorithm: "ES256",
    sign: async (data: Uint8Array) => new Uint8Array(await sign(data)),
  };
  const signing = { signerOf: async () => ({ signer, issuedAt: async () => Math.floor(Date.now() / 1_000) }) };
  const allocator = {
    async allocate(_: unknown, count: number) {
      await onAllocate();
      return Array.from({ length: count }, (_, index) => ({ index }));
    },
  };
  const cards = new Cards(config, {
    database,
    signing: signing as unknown as Signing,
    allocator: allocator as unknown as IndexAllocator,
  });
  const desk = deskRoutes(config, { roll, statuses, wallets, rotate: async () => {} });
  const press = async (change: string) => {
    const route = desk[`POST /people/:id/${change}`] ?? assert.fail(change);
    return route(new Request(`${DESK}/people/${HONG}/${change}`, { method: "POST", headers: { origin: DESK } }), {
      id: String(HONG),
    });
  };
  const person = () => roll.person(HONG) ?? assert.fail();
  const grant = () => {
    const { code, txCode } = wallets.offer(person(), OFFICIAL_ID);
    const redeemed = wallets.redeem(code, txCode, "thumbprint");
    if (typeof redeemed === "string") assert.fail(redeemed);
    return wallets.grantOf(wallets.access(redeemed.wallet)) ?? assert.fail();
  };
  return { roll, wallets, statuses, cards, press, person, grant };
}

test("no card is issued for a phone that is reported as lost, or a person who is suspended, while it is being issued", async () => {
  for (const change of ["lost", "suspend", "resign"]) {
    const during = { act: async () => {} };
    const stage = await setUp({ onAllocate: () => during.act() });
    const grant = stage.grant();
    const keys = [await exportJWK((await generateKeyPair("ES256")).publicKey)];
    const issue = () => stage.cards.issue(OFFICIAL_ID, () => personEntitled(stage, grant), keys);
    assert.equal((await issue())?.length, 1);
    const live = stage.statuses.live(stage.person());
    during.act = async () => void (await stage.press(change));
    assert.equal(await issue(), undefined, change);
    assert(stage.statuses.live(stage.person()) <= live, `${change}: no card is live that the desk did not end`);
  }
});

test("who leaves while a reinstatement is written to the chain has left, and nobody who left comes back", async () => {
  const chain = { write: async () => {} };
  const stage = await setUp({ onChain: () => chain.write() });
  const keys = [await exportJWK((await generateKeyPair("ES256")).publicKey)];
  const grant = stage.grant();
  await stage.cards.issue(OFFICIAL_ID, () => personEntitled(stage, grant), keys);
  assert.equal((await stage.press("suspend")).status, 200);
  chain.write = async () => void (await stage.press("resign"));
  await assert.rejects(stage.press("reinstate"), { code: "HTTP_ERROR" });
  assert.equal(stage.person().state, "left");
  await assert.rejects(stage.press("suspend"), { code: "HTTP_ERROR" });
  assert.equal(stage.person().state, "left");
});
