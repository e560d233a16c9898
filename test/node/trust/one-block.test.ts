import assert from "node:assert/strict";
import { test } from "node:test";
import { id } from "ethers";
import { Turns } from "../../../node/http/server/turns.ts";
import { trustRoutes } from "../../../node/http/trust/trust.ts";
import type { LiveIndex } from "../../../node/index/live-index.ts";
import { formatDid } from "../../../resolver/did/did.ts";
import type { SubjectKind } from "../../../resolver/registry-event.ts";
import { ChainSimulator, type SimulatedWrite, simulatedIdentity } from "../../helpers/chain-simulator.ts";
import { changed } from "../../helpers/memory-index.ts";
import { followChain } from "../../helpers/served-chain.ts";

const ISSUER = formatDid("local", simulatedIdentity(0));
const TYPE = id("https://types.example/0");
const close: SimulatedWrite = { do: "close", identity: 0, list: 0 };

/** An index that calls back when a read about a kind of subjects has begun, before its result is there. */
function pausing(index: LiveIndex, pause: (kind?: SubjectKind) => Promise<void>): LiveIndex {
  const late = async <T>(reading: Promise<T>, kind?: SubjectKind): Promise<T> => {
    const found = await reading;
    await pause(kind);
    return found;
  };
  async function* lateAll<T>(
    reading: AsyncGenerator<T, void, void>,
    kind?: SubjectKind,
  ): AsyncGenerator<T, void, void> {
    const all: T[] = [];
    for await (const one of reading) all.push(one);
    yield* await late(Promise.resolve(all), kind);
  }
  return changed(index, {
    events: (kind, subject) => lateAll(index.events(kind, subject), kind),
    hold() {
      const held = index.hold();
      return (
        held && {
          ...held,
          ids: (kind) => late(held.ids(kind), kind),
          history: (range) => lateAll(held.history(range), range.subject?.kind),
        }
      );
    },
  });
}

/** The routes of a node that follows a chain with an accredited issuer and its list; `pause` runs during each read. */
async function served(t: { after(end: () => Promise<void>): void }) {
  const chain = new ChainSimulator();
  chain.mine([
    { do: "type", type: 0 },
    { do: "grant", identity: 0, type: 0, parent: null },
    { do: "accept", identity: 0, type: 0, number: 0 },
    { do: "list", identity: 0, list: 0 },
    { do: "delegate", identity: 0, value: 1, validTo: 4e9 },
  ]);
  const followed = await followChain(chain);
  t.after(() => followed.node.stop());
  const reads: { pause: (kind?: SubjectKind) => Promise<void> } = { pause: async () => {} };
  const routes = trustRoutes({
    index: pausing(followed.index, (kind) => reads.pause(kind)),
    network: followed.network,
    expectFit: () => undefined,
    stale: () => false,
    now: followed.now,
    turns: new Turns(),
  });
  const ask = async (route: keyof typeof routes, name?: string) => {
    const { status, headers, body } = await routes[route]({
      name,
      query: new URLSearchParams(),
      ifNoneMatch: undefined,
      client: undefined,
    });
    return { status, block: Number(headers["mapae-as-of"]?.split(" ")[0]), body: JSON.parse(String(body)) };
  };
  // The grants and lists are read once, before anything pauses.
  for (const route of ["tree", "issuer"] as const) await ask(route, route === "tree" ? TYPE : ISSUER);
  return { ...followed, reads, ask };
}

/** Runs once, in the first read about a kind of subjects. */
function once(wanted: SubjectKind, what: () => Promise<void>): (kind?: SubjectKind) => Promise<void> {
  let isDone = false;
  return async (kind) => {
    if (isDone || kind !== wanted) return;
    isDone = true;
    await what();
  };
}

test("types are those of the block that the answer names, also when another one is added while they are read", async (t) => {
  const { reads, ask, mine, chain } = await served(t);
  const before = chain.tip.number;
  reads.pause = once("type", () => mine({ do: "type", type: 1 }));
  const { block, body } = await ask("types");
  assert.equal(block, before);
  assert.deepEqual([body.asOf.block, body.types.length], [before, 1]);
  assert.equal((await ask("types")).body.types.length, 2);
});

for (const [route, name] of [
  ["tree", TYPE],
  ["issuer", ISSUER],
] as const) {
  test(`${route}: an answer is complete although a block arrives during each read`, async (t) => {
    const { reads, ask, mine, chain } = await served(t);
    const before = chain.tip.number;
    let blocks = 0;
    reads.pause = async () => {
      if (++blocks > 50) throw new Error("it reads again with each block");
      await mine({ do: "delegate", identity: 0, value: 1 + blocks, validTo: 4e9 });
    };
    const { status, block, body } = await ask(route, name);
    assert.deepEqual([status, block, body.asOf.block], [200, before, before]);
    if (route === "issuer") assert.equal(body.history.length, 1);
  });
}

test("the time at which a list was closed is that of the branch that stays, also when it is read during a reorganisation", async (t) => {
  const { reads, ask, mine, chain, node, state } = await served(t);
  await mine(close);
  reads.pause = once("list", async () => {
    chain.dropBlocks(1);
    chain.mine();
    chain.mine([close]);
    await node.settle();
    state.now = chain.tip.time;
  });
  await ask("issuer", ISSUER);
  const { body } = await ask("issuer", ISSUER);
  assert.deepEqual(
    body.lists.map(({ closedAt }: { closedAt: number }) => closedAt),
    [chain.tip.time],
  );
});
