import { ServedList } from "../../../node/lists/served-list.ts";
import type { StatusChunk } from "../../../resolver/status/apply-status-event.ts";
import type { Row } from "../measuring/row.ts";
import { compareTimed, timeOf } from "../measuring/timing.ts";
import { revokedOf, SIZES, sizeOf, statusesOf } from "./cases.ts";
import { nextSeed } from "./indexes.ts";
import { sign } from "./signing.ts";

/** Numbers of revocations that are made at once, one row for each. */
const REVOCATIONS = [1, 16, 256, 4_096] as const;

/** Measures encoding and signing a list again after revocations, against encoding and signing the same list from its chunks. */
export async function revocationRows(rounds: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const size of SIZES) {
    const one = { lists: 1, size, percent: 10 };
    const chunks = statusesOf(revokedOf(one));
    const kept = new ServedList(chunks, size);
    await sign(kept);
    let seed = 7;
    for (const count of REVOCATIONS) {
      const revoke = async () => {
        // Each chunk is changed once, in ascending order, as in an event of the registry. Preparing the chunks is not timed,
        // because a node receives them from the chain.
        const changed = new Set<number>();
        for (let revoked = 0; revoked < count; revoked++) {
          seed = nextSeed(seed);
          const [at, bit] = [Math.floor((seed % size) / 256), 1n << BigInt(seed % 256)];
          chunks.set(at, { revoked: (chunks.get(at)?.revoked ?? 0n) | bit, suspended: 0n });
          changed.add(at);
        }
        const ascending = [...changed].sort((a, b) => a - b);
        return timeOf(() => {
          for (const at of ascending) kept.write(at, chunks.get(at) as StatusChunk);
          return sign(kept);
        });
      };
      const cold = () => timeOf(() => sign(new ServedList(chunks, size)));
      const timed = await compareTimed({ ours: revoke, theirs: cold, rounds });
      rows.push({
        topic: "list: random revocations to signed bytes",
        peer: "the whole list, cold",
        ...timed,
        unit: "ms",
        size: `${count.toLocaleString("en")} in ${sizeOf(one)}`,
        goal: count === 1 ? 0.5 : 1.1,
      });
    }
  }
  return rows;
}
