import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChainReader } from "../../../resolver/chain/chain-reader.ts";
import { ChainSimulator } from "../../helpers/chain-simulator.ts";
import { type Fault, faulty } from "../../helpers/faulty-reader.ts";
import { SimulatedNode } from "../../helpers/simulated-node.ts";
import { ALICE, BOB, finality, following, recording, set, switching, untilHalted } from "./following.ts";

test("another chain behind the same URL makes answers stale at the next look, and halts the node after some more", async () => {
  for (const blocks of [5, 30, 31, 60, 400]) {
    const other = new ChainSimulator({ salt: 2 });
    for (let count = 0; count < blocks; count++) other.mine([set(1)]);
    let swapped = false;
    const { node } = await following({ reader: (chain) => switching(() => (swapped ? other : chain)) });
    await node.settle();
    swapped = true;
    await node.tick();
    assert.equal(node.progress.state().kind, "stale");
    await untilHalted(node);
    const state = node.progress.state();
    assert.equal(state.kind === "halted" && state.code, "NETWORK_MISMATCH", JSON.stringify(state));
    assert.equal(node.index.state("did", BOB), undefined);
  }
});

test("a chain without the registry's code is not there yet: it is looked at again, no log is read, and followed later", async () => {
  const chain = new ChainSimulator();
  const network = chain.network(finality);
  const asked: string[] = [];
  const reader: ChainReader = recording(
    switching(() => chain),
    asked,
    { codes: async (addresses) => (isSynced ? chain.codes(addresses) : addresses.map(() => "0x")) },
  );
  let isSynced = false;
  const node = await SimulatedNode.start({ network, readers: [reader] });
  for (let ticks = 0; ticks < 20; ticks++) {
    await node.tick();
    assert.equal(node.progress.state().kind, "connecting");
  }
  assert(!asked.some((method) => method.startsWith("logs")), String(asked));
  isSynced = true;
  await node.settle();
});

test("chain, genesis and code are compared again after the chain could not be asked", async () => {
  let fault: Fault | undefined;
  const asked: string[] = [];
  const { node } = await following({
    reader: (chain) =>
      recording(
        faulty(chain, () => fault),
        asked,
      ),
  });
  await node.settle();
  asked.length = 0;
  await node.tick();
  assert.deepEqual(asked, ["header"]);
  fault = "down";
  await node.tick();
  asked.length = 0;
  fault = undefined;
  await node.settle();
  assert(asked.includes("chainId") && asked.includes("codes"), String(asked));
});

test("the node asks the next server when one does not answer, and follows none that is of another chain", async () => {
  const { chain, network, database, node } = await following();
  await node.settle();
  await node.stop();
  const down = faulty(chain, () => "down");
  const other = new ChainSimulator({ salt: 2 });
  for (let count = 0; count < 40; count++) other.mine([set(1)]);
  const stateWith = async (...readers: ChainReader[]) => {
    const node = await SimulatedNode.start({ network, database, readers });
    for (let ticks = 0; ticks < 12; ticks++) await node.tick();
    const state = node.progress.state();
    assert.equal(node.index.asOf()?.hash, chain.tip.hash);
    await node.stop({ crash: true });
    return state.kind === "halted" ? state.code : state.kind;
  };
  assert.equal(await stateWith(down, chain), "following");
  assert.equal(await stateWith(other, chain), "following");
  // The server that does not answer now may be on the right chain.
  assert.equal(await stateWith(down, other), "stale");
  assert.equal(await stateWith(other, down), "stale");
  assert.equal(await stateWith(other, other), "NETWORK_MISMATCH");
});

test("a server whose chain is swapped while it is followed is out at the next look, and the next one is followed", async () => {
  for (const blocks of [5, 30, 31, 60, 400]) {
    const other = new ChainSimulator({ salt: 2 });
    for (let count = 0; count < blocks; count++) other.mine([set(1)]);
    const { chain, network, database, node } = await following();
    await node.stop();
    let swapped = false;
    const readers = [switching(() => (swapped ? other : chain)), chain];
    const two = await SimulatedNode.start({ network, database, readers });
    await two.settle();
    swapped = true;
    chain.mine([set(0, 77)]);
    await two.settle();
    assert.equal(two.index.asOf()?.hash, chain.tip.hash);
    assert.equal(two.index.state("did", BOB), undefined);
    assert.equal(two.index.state("did", ALICE)?.updated.block, chain.tip.number);
  }
});

test("a node that starts without its chain says so, then follows it", async () => {
  let fault: Fault | undefined = "down";
  const chain = new ChainSimulator();
  const node = await SimulatedNode.start({ network: chain.network(finality), readers: [faulty(chain, () => fault)] });
  assert.deepEqual(node.progress.state(), { kind: "connecting", reason: "The chain does not answer" });
  assert.equal(node.index.asOf(), undefined);
  fault = undefined;
  await node.settle();
});

test("a chain that is not there any more makes answers stale, and says why", async () => {
  let fault: Fault | undefined;
  const { chain, node } = await following({ reader: (chain) => faulty(chain, () => fault) });
  await node.settle();
  fault = "down";
  await node.tick();
  assert.deepEqual(node.progress.state(), {
    kind: "stale",
    block: chain.tip.number,
    reason: "The chain does not answer",
    refuse: false,
  });
});
