import type { Row } from "../measuring/row.ts";
import { quantile } from "../measuring/timing.ts";
import type { Burst } from "./burst.ts";
import { SCATTERED } from "./kinds.ts";
import { type Measured, measureConsortium } from "./measure.ts";

/** Milliseconds between two blocks. */
const PERIOD_MS = 1_000;

/**
 * Throughput of a consortium's chain for each kind of write against plain transfers, and the delay until all nodes serve a
 * write.
 */
export async function consortiumRows(): Promise<Row[]> {
  const { bursts, besideReads, reads, idle } = await measureConsortium((line) => process.stderr.write(`  ${line}\n`));
  const transfers = microsecondsEach(bursts.transfer);
  const rate = (kind: keyof Measured["bursts"], goal: number, statuses = 1) =>
    ({
      size: `bursts of ${bursts[kind][0]?.count.toLocaleString("en")}: ${perSecond(bursts[kind])}`,
      peer: `a plain transfer, ${perSecond(bursts.transfer)}`,
      ours: microsecondsEach(bursts[kind]) / statuses,
      theirs: transfers,
      unit: "us",
      goal,
    }) as const;
  const lags = bursts.didChange.flatMap((one) => one.lags);
  const lag = (part: number, goal: number) =>
    ({
      size: "bursts",
      peer: "a block's period",
      ours: quantile(lags, part),
      theirs: PERIOD_MS,
      unit: "ms",
      goal,
    }) as const;
  const toServed = (part: number) =>
    ({
      size: `${idle.toServed.length} writes, one after the other`,
      peer: "sent to mined",
      ours: quantile(idle.toServed, part),
      theirs: quantile(idle.toMined, part),
      unit: "ms",
      goal: 1.5,
    }) as const;
  return [
    { topic: "consortium: a DID change", ...rate("didChange", 2) },
    { topic: "consortium: a revocation", ...rate("revocation", 2) },
    { topic: "consortium: a grant", ...rate("grant", 4) },
    { topic: `consortium: a revocation of ${SCATTERED} scattered`, ...rate("scattered", 0.5, SCATTERED) },
    {
      topic: "consortium: a DID change, beside reads",
      size: `${Math.round(reads).toLocaleString("en")} reads a second, ${perSecond(besideReads.didChange)}`,
      peer: `a plain transfer beside reads, ${perSecond(besideReads.transfer)}`,
      ours: microsecondsEach(besideReads.didChange),
      theirs: microsecondsEach(besideReads.transfer),
      unit: "us",
      goal: 2,
    },
    { topic: "consortium: mined to served by all, p50", ...lag(0.5, 1) },
    { topic: "consortium: mined to served by all, p99", ...lag(0.99, 4) },
    { topic: "consortium: sent to served by all, p50", ...toServed(0.5) },
    { topic: "consortium: sent to served by all, p99", ...toServed(0.99) },
  ];
}

/** Microseconds per transaction. */
function microsecondsEach(bursts: readonly Burst[]): number {
  const sum = (of: (one: Burst) => number) => bursts.reduce((all, one) => all + of(one), 0);
  return (1_000 * sum(({ ms }) => ms)) / sum(({ count }) => count);
}

function perSecond(bursts: readonly Burst[]): string {
  return `${(1_000_000 / microsecondsEach(bursts)).toPrecision(3)} a second`;
}
