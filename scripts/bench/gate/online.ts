import { join } from "node:path";
import { formatDid } from "../../../resolver/index.ts";
import type { Row } from "../measuring/row.ts";
import { compare } from "../measuring/timing.ts";
import { sizeOf } from "./facts.ts";
import { importInto, openBenchGate } from "./open.ts";
import type { GateStage } from "./stage.ts";

/** A bundle against the same facts requested from a node, without proofs: each issuer, and each list's token. */
export async function onlineRows({ sizes, chain, node, folder, full }: GateStage): Promise<Row[]> {
  const urls = [
    ...chain.issuers.map(({ address }) => `${node.url}/issuers/${formatDid("local", address)}`),
    ...chain.issuers.slice(0, sizes.lists).map(({ address }) => `${node.url}/status-lists/${address}/0`),
  ];
  let bytes = 0;
  const fetchAll = async () => {
    bytes = 0;
    for (const url of urls) {
      const response = await fetch(url);
      if (response.status !== 200) throw new Error(`${url}: HTTP ${response.status}`);
      bytes += (await response.arrayBuffer()).byteLength;
    }
  };
  let count = 0;
  const timed = await compare({
    async ours() {
      const gate = await openBenchGate(chain.network, join(folder, `again-${count++}`));
      await importInto(gate, full);
      await gate.close();
    },
    theirs: fetchAll,
    times: { ours: 1, theirs: 1 },
    rounds: sizes.fetchRounds,
  });
  const peer = `${urls.length} requests to a node on this machine, unproven`;
  const size = sizeOf(sizes);
  return [
    { topic: "bundle: bytes", size, peer, ours: full.length, theirs: bytes, unit: "bytes", goal: 1 },
    { topic: "gate: import a bundle, proven", size, peer, ...timed, unit: "ms", goal: 5 },
  ];
}
