import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { pino } from "pino";
import { attestingPeer } from "../../../node/attestations/ask-peer.ts";
import { Attestations } from "../../../node/attestations/attestations.ts";
import { AttestationCollector } from "../../../node/attestations/collect.ts";
import type { Digest } from "../../../node/peers/digest.ts";
import type { Peer } from "../../../node/peers/peer.ts";
import { PeerWatch } from "../../../node/peers/watch-peers.ts";
import type { Clock } from "../../../node/runtime/clock.ts";
import { UnavailableError } from "../../../resolver/errors.ts";
import { word } from "../../../resolver/primitives/hex.ts";
import { ChainSimulator } from "../../helpers/chain-simulator.ts";
import { attestedBy, makeOperator } from "../../helpers/operators.ts";
import { silent, until } from "../../helpers/real-node.ts";

const digestAt = (block: number, did = 2): Digest => ({
  network: "local",
  genesisHash: word(1),
  block,
  roots: { did: word(did), trust: word(3), status: word(4) },
  content: null,
});

/** A clock on which pauses take no time. */
const clock: Clock = {
  now: () => 1_700_000_000,
  monotonic: () => 0,
  sleep: () => new Promise((resolve) => setTimeout(resolve, 1)),
};

/** A node that answers nothing until its request is ended. */
function hanging(name: string) {
  const asked = { count: 0 };
  const ask = (_block: unknown, signal?: AbortSignal) =>
    new Promise<never>((_, reject) => {
      asked.count++;
      signal?.addEventListener("abort", () => reject(new UnavailableError(`${name} was not asked to its end`)));
    });
  return { asked, peer: { name, digest: ask, attestations: ask } };
}

function watchOf(peers: readonly Peer[], given: { digest?: () => Promise<Digest>; lines?: string[] } = {}) {
  const { digest = async () => digestAt(7), lines = [] } = given;
  const logger = pino({ level: "info" }, { write: (line) => lines.push(line) });
  return new PeerWatch({ peers, digest, hashesAt: async (block) => digestAt(block), fromBlock: 0, clock, logger });
}

/** Runs rounds until they are ended, or the test is. */
function begun(t: TestContext, run: (signal: AbortSignal) => Promise<void>) {
  const end = new AbortController();
  t.after(() => end.abort());
  return { running: run(end.signal), end };
}

test("a node that hangs delays neither the comparison with another one nor this node's end", async (t) => {
  const lines: string[] = [];
  const { asked, peer: slow } = hanging("http://slow.example");
  let answers = 0;
  const quick: Peer = { name: "http://quick.example", digest: async () => digestAt(++answers + 7) };
  const watch = watchOf([slow, quick], { lines });
  const { running, end } = begun(t, (signal) => watch.run(10_000, signal));
  await until(() => (watch.reports()[1]?.reached ?? 0) > 12);
  assert.deepEqual([asked.count, watch.reports()[0]?.comparedAt], [1, null]);
  end.abort();
  await running;
  assert.deepEqual([lines, watch.reports()[0]?.trouble], [[], null], "a request that was ended is no trouble");
});

test("while this node has no digest of its own, no other node counts as unreachable", async (t) => {
  let asked = 0;
  const other: Peer = {
    name: "http://other.example",
    digest: async () => {
      asked++;
      return digestAt(9);
    },
  };
  let [own, isThere] = [0, false];
  const digest = async () => {
    own++;
    if (!isThere) throw new UnavailableError("This node has no block yet that stays");
    return digestAt(7);
  };
  const watch = watchOf([other], { digest });
  const { running, end } = begun(t, (signal) => watch.run(10_000, signal));
  await until(() => own > 2);
  assert.deepEqual([watch.reports()[0]?.trouble, asked], [null, 0]);
  isThere = true;
  await until(() => watch.reports()[0]?.comparedAt !== null);
  end.abort();
  await running;
});

test("blocks at which other nodes differ are given once in a round, and not of a node that does not answer any more", async (t) => {
  let isThere = true;
  const peer: Peer = {
    name: "http://liar.example",
    digest: async (block) => {
      if (isThere) return digestAt(block === "finalized" ? 7 : block, 9);
      throw new UnavailableError("It is gone");
    },
  };
  const watch = watchOf([peer]);
  const { running, end } = begun(t, (signal) => watch.run(10_000, signal));
  const taken: number[] = [];
  await until(() => taken.push(...watch.takeDifferingBlocks()) > 1);
  assert.deepEqual([...new Set(taken)], [0]);
  isThere = false;
  await until(() => watch.reports()[0]?.trouble === "It is gone");
  watch.takeDifferingBlocks();
  for (let count = 0; count < 3; count++) {
    await clock.sleep(1, end.signal);
    assert.deepEqual(watch.takeDifferingBlocks(), []);
  }
  end.abort();
  await running;
});

test("a node that hangs delays neither the attestations of another one nor this node's end", async (t) => {
  const operator = makeOperator("행정안전부");
  const chain = new ChainSimulator();
  chain.mine([]);
  const network = attestedBy(chain.network(), [operator], 1);
  const attestations = new Attestations({ network, onOutcome: () => undefined, onFault: assert.ifError });
  await attestations.settled({ number: chain.tip.number, hash: chain.tip.hash, time: chain.tip.time });
  const { peer: slow } = hanging("http://slow.example");
  let answers = 0;
  const quick = { name: "http://quick.example", attestations: async () => void answers++ as undefined };
  const peers = [slow, quick];
  const collector = new AttestationCollector({ attestations, peers, network: network.name, clock, logger: silent });
  const { running, end } = begun(t, (signal) => collector.run(signal));
  await until(() => answers > 3);
  end.abort();
  await running;
});

test("only a node's own answer says that it has no attestations: another 404 means that it could not be asked", async () => {
  const answering = (body: string) =>
    attestingPeer("http://node.example/mapae", async () => new Response(body, { status: 404 })).attestations(7);
  assert.equal(await answering(JSON.stringify({ code: "NOT_ATTESTED" })), undefined);
  for (const body of [JSON.stringify({ code: "NO_ROUTE" }), "<html>not found</html>"]) {
    await assert.rejects(answering(body), { code: "UNAVAILABLE", message: /node\.example.*HTTP 404/ });
  }
});
