import assert from "node:assert/strict";
import type { ChainSimulator } from "../../../helpers/chain-simulator.ts";
import type { SimulatedNode } from "../../../helpers/simulated-node.ts";

/** What is served is what the chain wrote. */
export function expectTrue({ index }: SimulatedNode, chain: ChainSimulator): void {
  const asOf = index.asOf();
  if (asOf === undefined) return;
  for (const { kind, id } of chain.subjects) {
    const wanted = chain.headOf({ kind, id }, chain.block(asOf.hash));
    assert.equal(index.state(kind, id)?.head, wanted, `${kind} ${id}`);
  }
}
