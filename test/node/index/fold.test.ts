import assert from "node:assert/strict";
import { test } from "node:test";
import { foldLogs } from "../../../node/index/fold.ts";
import { seedRoots } from "../../../node/index/roots.ts";
import { ChainSimulator, type SimulatedWrite } from "../../helpers/chain-simulator.ts";

test("logs are folded in the order of the chain only, each once, whichever subjects they are of", () => {
  const chain = new ChainSimulator();
  const network = chain.network();
  const write = (identity: number): SimulatedWrite => ({ do: "delegate", identity, value: 3, validTo: 4_000_000_000 });
  chain.mine([write(0), write(1)]);
  chain.mine([write(2)]);
  const all = chain.branch.flatMap(({ logs, time }) => logs.map((log) => ({ log, time })));
  const fold = (order: readonly number[]) =>
    foldLogs({
      logs: order.map((at) => all[at] ?? assert.fail()),
      network,
      known: { state: () => undefined, chunk: () => undefined },
      roots: seedRoots(network),
    });
  assert.equal(fold([0, 1, 2]).events.length, 3);
  for (const order of [
    [1, 0, 2],
    [0, 2, 1],
    [2, 0, 1],
    [0, 0, 1],
  ])
    assert.throws(() => fold(order), { code: "CHAIN_DATA", message: /twice or out of order/ }, String(order));
});
