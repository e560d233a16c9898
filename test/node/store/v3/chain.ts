import { ChainSimulator, type SimulatedWrite } from "../../../helpers/chain-simulator.ts";

const OF_LIST = { identity: 1, list: 0 } as const;

/**
 * The chain that `v3/index` and `v3/backup` were made of, by a node of Mapae 0.1.0 with schema version 3. It has no grants: their
 * identifiers are derived in another way since.
 */
export function v3Chain(): ChainSimulator {
  const chain = new ChainSimulator();
  const entries = (from: number, count: number): SimulatedWrite[] =>
    Array.from({ length: count }, (_, at) => ({ do: "attribute", identity: 7, value: from + at, validTo: 4e9 + at }));
  chain.mine([
    { do: "type", type: 0 },
    { do: "list", ...OF_LIST },
    { do: "list", identity: 1, list: 1 },
    ...entries(0, 20),
  ]);
  for (let count = 0; count < 20; count++) {
    chain.mine([
      { do: "attribute", identity: count % 4, value: count, validTo: 4e9 },
      { do: "delegate", identity: 3, value: count, validTo: count % 2 === 0 ? 0 : 4e9 },
      { do: "status", ...OF_LIST, word: count, bits: [count, count + 1, count + 2] },
      { do: "checkpoint", ...OF_LIST, from: 0, count: 2 },
    ]);
    if (count % 3 === 0) chain.mine();
  }
  chain.mine([
    { do: "owner", identity: 5, value: 9 },
    { do: "deactivate", identity: 6 },
    { do: "close", identity: 1, list: 1 },
  ]);
  return chain;
}
