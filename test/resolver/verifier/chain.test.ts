import assert from "node:assert/strict";
import { before, test } from "node:test";
import { deflateSync } from "node:zlib";
import { makeStatusJwt } from "../../../node/lists/make-token.ts";
import type { ContractReader } from "../../../resolver/chain/chain-reader.ts";
import type { Fetch } from "../../../resolver/http/request.ts";
import { ZERO_ADDRESS, ZERO_HASH } from "../../../resolver/primitives/hex.ts";
import { listBytes } from "../../../resolver/status/list-bytes.ts";
import { type VerifierOptions, verifier } from "../../../resolver/verifier/verifier.ts";
import { type GateStage, gateStage, INDEX, LIST_URI } from "../../gate/stage.ts";
import { SIZE } from "../../helpers/registries.ts";

let stage: GateStage;
let now: number;

before(async () => {
  stage = await gateStage();
  now = await stage.now();
});

/** The issuer's list, signed at a moment: one credential of it is revoked. */
function token(at: number): Promise<string> {
  const bytes = listBytes("token", [[0, { revoked: 1n << BigInt(INDEX.revoked), suspended: 0n }]], Number(SIZE));
  const asOf = { number: 1, hash: ZERO_HASH, time: at, finalizedBlock: 1 };
  return makeStatusJwt({ uri: LIST_URI, asOf, compressed: deflateSync(bytes), signer: stage.issuer.signer });
}

/** A verifier by the chain, whose fetches are counted. */
function opened({
  chain = stage.reader as ContractReader,
  descriptor = stage.network,
  ...more
}: Partial<VerifierOptions> & { readonly chain?: ContractReader; readonly descriptor?: GateStage["network"] } = {}) {
  const asked: string[] = [];
  const fetch: Fetch = async (url) => {
    asked.push(url);
    return new Response(await token(now));
  };
  return { asked, ...verifier({ networks: [{ descriptor, chain }], now: () => now, fetch, ...more }) };
}

test("a verifier on a chain compares the chain with the descriptor once, and judges nothing by another chain", async () => {
  let compared = 0;
  const chain: ContractReader = {
    ...stage.reader,
    chainId() {
      compared++;
      return stage.reader.chainId();
    },
  };
  const credential = await stage.credential();
  const { verify, asked } = opened({ chain });
  for (const _ of [1, 2]) assert.equal((await verify(credential)).verdict, "valid");
  assert.deepEqual([compared, asked], [1, [LIST_URI, LIST_URI]]);
  const other = opened({ descriptor: { ...stage.network, genesisHash: ZERO_HASH } });
  for (const _ of [1, 2]) await assert.rejects(other.verify(credential), { code: "NETWORK_MISMATCH" });
});

test("a moment that is yet to come, but for clocks that differ by a minute, and a network that was not given are the caller's mistakes", async () => {
  const { verify } = opened();
  const credential = await stage.credential();
  assert.equal((await verify(credential, { at: now + 60 })).verdict, "valid");
  await assert.rejects(verify(credential, { at: now + 61 }), { code: "RESOLVER_OPTIONS" });
  const elsewhere = opened({ descriptor: { ...stage.network, name: "other-00000000" } });
  await assert.rejects(elsewhere.verify(credential), { code: "FEATURE_NOT_SUPPORTED" });
});

test("a list that a holder brings is read in place of a fetched one for as long as it is fresh", async () => {
  const { verify, asked } = opened({ maxStaleness: 60 });
  const brought = async (at: number) => {
    const { verdict, statusAsOf } = await verify(await stage.credential(), { statusToken: await token(at) });
    assert.equal(verdict, "valid");
    return [statusAsOf, asked.length];
  };
  assert.deepEqual(await brought(now - 60), [now - 60, 0]);
  assert.deepEqual(await brought(now - 61), [now, 1]);
});

test("the statuses of a deactivated issuer are read from the chain, and no list of it is fetched", async () => {
  const credentials = await Promise.all(
    [INDEX.valid, INDEX.revoked, INDEX.suspended].map((at) => stage.credential(at)),
  );
  await stage.ethers.provider.send("evm_increaseTime", [60]);
  await stage.did.connect(stage.account).changeOwner(stage.account.address, ZERO_ADDRESS);
  now = await stage.now();
  const { verify, asked } = opened();
  const reasons = await Promise.all(credentials.map(async (one) => (await verify(one)).reason));
  assert.deepEqual(reasons, [undefined, "revoked", "suspended"]);
  assert.deepEqual(asked, []);
});
