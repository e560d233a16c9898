import assert from "node:assert/strict";
import { before, test } from "node:test";
import { BUNDLE_LIMITS } from "../../../node/http/server/bounds.ts";
import { startNode } from "../../../node/main.ts";
import type { Bundles } from "../../../node/proofs/bundles.ts";
import { RpcError } from "../../../resolver/chain/rpc/rpc.ts";
import { BUNDLE_MEDIA_TYPE, readBundle } from "../../../resolver/proofs/bundle.ts";
import { endsOf, temporaryFolder } from "../../cli/harness.ts";
import { describeEnvelope } from "../../gate/describe-state.ts";
import { type GateStage, gateStage, INDEX } from "../../gate/stage.ts";
import { attestedBy, makeOperator } from "../../helpers/operators.ts";
import { configFor, ready, silent, until } from "../../helpers/real-node.ts";
import { TYPE_ID, TYPE_URI } from "../../helpers/registries.ts";
import { gate, startTestNode } from "./harness.ts";

let stage: GateStage;

before(async () => {
  stage = await gateStage();
});

/** A real node of the chain, which attests its blocks in the name of its only operator. */
async function served(t: { after(end: () => Promise<void>): void }) {
  const operator = makeOperator("행정안전부");
  const network = attestedBy(stage.network, [operator], 1);
  const asked: string[] = [];
  const rpc: typeof stage.rpc = (calls) => {
    asked.push(...calls.map(([method]) => method));
    return stage.rpc(calls);
  };
  const config = configFor({ network, dataDir: await temporaryFolder(t) });
  const node = await startNode(config, {
    readers: [stage.reader],
    rpcs: [rpc],
    signers: [operator.signer],
    logger: silent,
  });
  endsOf(t)(() => node.stop());
  await ready(node.url);
  const get = async (query: string, headers = {}) => {
    const response = await fetch(`${node.url}/bundles${query}`, { headers });
    return { status: response.status, headers: response.headers, bytes: new Uint8Array(await response.arrayBuffer()) };
  };
  await until(async () => (await get("")).status === 200);
  const newest = async () => (await stage.reader.header("latest"))?.number as number;
  /** Waits until the newest block is attested. */
  const settled = () =>
    until(async () => (await get("")).headers.get("mapae-as-of")?.startsWith(`${await newest()} `) === true);
  await settled();
  return { network, get, asked, newest, settled };
}

test("a node makes a bundle of its newest attested block once, and spares who has it", async (t) => {
  const { get, network, asked, newest } = await served(t);
  const first = await get("");
  assert.equal(first.headers.get("content-type"), BUNDLE_MEDIA_TYPE);
  const { asOf } = await describeEnvelope({ network }, (await readBundle(first.bytes)).envelope);
  assert.equal(asOf.number, await newest());
  const proofs = asked.length;
  for (const query of [
    `?types=${encodeURIComponent(TYPE_URI)}`,
    `?types=${TYPE_ID}`,
    `?types=${TYPE_ID},${TYPE_URI}`,
  ]) {
    assert.deepEqual((await get(query)).bytes, first.bytes, query);
  }
  assert.equal(asked.length, proofs, "the chain was asked again");
  const etag = first.headers.get("etag") ?? "";
  assert.equal((await get("", { "if-none-match": etag })).status, 304);
});

test("a node makes a delta since a block, and says when nothing is new since", async (t) => {
  const { get, newest, settled } = await served(t);
  const since = await newest();
  assert.equal((await get(`?since=${since}`)).status, 204);
  assert.equal((await get(`?since=${since + 1_000}`)).status, 204);
  await stage.revoke(INDEX.later + 1);
  await settled();
  const { status, bytes } = await get(`?since=${since}`);
  assert.equal(status, 200);
  const delta = await readBundle(bytes);
  assert.equal(delta.since?.number, since);
  assert.deepEqual(
    delta.envelope.subjects.map(({ kind, events }) => [kind, events.length]),
    [["list", 1]],
  );
});

test("a question that is none is refused by name", async (t) => {
  const { get } = await served(t);
  for (const query of [
    "?types=0x12%20",
    `?types=${`0x${"77".repeat(32)}`}`,
    "?since=x",
    "?since=-1",
    "?index=3",
    "?since=1&since=2",
    `?types=&types=${TYPE_ID}`,
    `?types=${Array(101).fill("a:b").join(",")}`,
  ]) {
    const { status, bytes } = await get(query);
    assert.equal(status, 400, query);
    assert.match(new TextDecoder().decode(bytes), /INVALID_OPTIONS/);
  }
});

test("a full queue of bundles is named as one", async (t) => {
  const made = gate();
  const node = await startTestNode(t, {
    bundles: { of: () => made.opened.then(() => undefined) } as unknown as Bundles,
  });
  const room = BUNDLE_LIMITS.atOnce + BUNDLE_LIMITS.waiting;
  const asked = Array.from({ length: room + 1 }, () => node.get(`/bundles?types=${TYPE_ID}`));
  const refused = await Promise.race(asked);
  made.open();
  assert.equal(refused.status, 503);
  assert.match(JSON.parse(refused.text).detail, /^16 bundles wait already/);
  assert.equal((await Promise.all(asked)).filter(({ status }) => status === 204).length, room);
});

const failing = () => Promise.reject(new RpcError("eth_getProof", { code: -32_000, message: "missing trie node" }));

test("a chain's server that fails makes no bundle, and the node says that it can't now", async (t) => {
  const operator = makeOperator("행정안전부");
  const network = attestedBy(stage.network, [operator], 1);
  const config = configFor({ network, dataDir: await temporaryFolder(t) });
  const node = await startNode(config, {
    readers: [stage.reader],
    rpcs: [failing],
    signers: [operator.signer],
    logger: silent,
  });
  endsOf(t)(() => node.stop());
  await ready(node.url);
  await until(async () => (await fetch(`${node.url}/attestations/newest`)).status === 200);
  assert.equal((await fetch(`${node.url}/bundles`)).status, 503);
});
