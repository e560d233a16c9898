import { ChainSimulator, type SimulatedWrite } from "../../../helpers/chain-simulator.ts";

const OF_GRANT = { identity: 2, type: 0, number: 0 } as const;
const OF_LIST = { identity: 1, list: 0 } as const;

/**
 * The chain that `v4/index` and `v4/backup` were made of, by a node of Mapae 0.1.0 with schema version 4: every kind of subject in
 * all its states, a DID with 150 entries, one that is deactivated, and blocks that can be undone.
 */
export function v4Chain(): ChainSimulator {
  const chain = new ChainSimulator();
  const entries = (from: number, count: number): SimulatedWrite[] =>
    Array.from({ length: count }, (_, at) => ({ do: "attribute", identity: 7, value: from + at, validTo: 4e9 + at }));
  chain.mine([
    { do: "type", type: 0 },
    { do: "type", type: 1 },
    { do: "grant", identity: 1, type: 0, parent: null },
    { do: "grant", identity: 2, type: 0, parent: 1 },
    { do: "list", ...OF_LIST },
    { do: "list", identity: 1, list: 1 },
  ]);
  chain.mine([
    { do: "accept", identity: 1, type: 0, number: 0 },
    { do: "accept", ...OF_GRANT },
    { do: "status", ...OF_LIST, word: 3, bits: [0, 1, 255] },
  ]);
  for (let from = 0; from < 150; from += 30) chain.mine(entries(from, 30));
  for (let count = 0; count < 10; count++) {
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
    { do: "extend", ...OF_GRANT, notAfter: 4_000_000_000 },
    { do: "withdraw", ...OF_GRANT, from: 1_900_000_000 },
  ]);
  chain.mine([{ do: "attribute", identity: 7, value: 200, validTo: 4e9 }]);
  return chain;
}
