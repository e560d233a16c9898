import { join } from "node:path";
import type { Row } from "../measuring/row.ts";
import { median } from "../measuring/timing.ts";
import { dayOf, sizeOf } from "./facts.ts";
import { importInto, openBenchGate } from "./open.ts";
import type { GateStage } from "./stage.ts";

/** The time in which a gate imports a bundle into an empty store, and then a delta. */
export async function importRows({ sizes, chain, folder, full, delta }: GateStage): Promise<Row[]> {
  const times = { full: [] as number[], delta: [] as number[] };
  for (let count = 0; count < sizes.imports; count++) {
    const gate = await openBenchGate(chain.network, join(folder, `gate-${count}`));
    for (const [name, bundle] of [["full", full] as const, ["delta", delta] as const]) {
      const from = performance.now();
      await importInto(gate, bundle);
      // The first one is for warming up.
      if (count > 0) times[name].push(performance.now() - from);
    }
    await gate.close();
  }
  const row = { unit: "ms", goal: 1 } as const;
  return [
    {
      ...row,
      topic: "gate: import a bundle",
      size: sizeOf(sizes),
      peer: "3 s",
      ours: median(times.full),
      theirs: 3_000,
    },
    {
      ...row,
      topic: "gate: import a delta",
      size: dayOf(sizes),
      peer: "500 ms",
      ours: median(times.delta),
      theirs: 500,
    },
  ];
}
