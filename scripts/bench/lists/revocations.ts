import { ServedList } from "../../../node/lists/served-list.ts";
import type { StatusChunk } from "../../../resolver/status/apply-status-event.ts";
import { CHUNK_SIZE } from "../../../resolver/status/decode-status-log.ts";
import type { Row } from "../measuring/row.ts";
import { compareTimed, timeOf } from "../measuring/timing.ts";
import { revokedOf, SIZES, sizeOf, statusesOf } from "./cases.ts";
import { nextSeed } from "./indexes.ts";
import { sign } from "./signing.ts";

/** Numbers of revocations that are made at once, one row for each. */
const REVOCATIONS = [1, 16, 256, 4_096] as const;

const NONE: StatusChunk = { revoked: 0n, suspended: 0n };

/** Measures encoding and signing a list again after revocations, against encoding and signing the same list from its chunks. */
export async function revocationRows(rounds: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const size of SIZES) {
    const one = { lists: 1, size, percent: 10 };
    const before = statusesOf(revokedOf(one));
    const kept = new ServedList(before, size);
    let seed = 7;
    for (const count of REVOCATIONS) {
      let after = before;
      const revoke = async () => {
        // Each round begins with the same list. Undoing the round before and preparing the chunks is not timed, because a node
        // receives them from the chain. Each chunk is changed once, in ascending order, as in an event of the registry.
        for (const at of after.keys()) kept.write(at, before.get(at) ?? NONE);
        await sign(kept);
        after = new Map(before);
        const changed = new Set<number>();
        for (let revoked = 0; revoked < count; revoked++) {
          seed = nextSeed(seed);
          const [at, bit] = [Math.floor((seed % size) / CHUNK_SIZE), 1n << BigInt(seed % CHUNK_SIZE)];
          after.set(at, { revoked: (after.get(at) ?? NONE).revoked | bit, suspended: 0n });
          changed.add(at);
        }
        const ascending = [...changed].sort((a, b) => a - b).map((at) => [at, after.get(at) ?? NONE] as const);
        return timeOf(() => {
          for (const [at, chunk] of ascending) kept.write(at, chunk);
          return sign(kept);
        });
      };
      const cold = () => timeOf(() => sign(new ServedList(after, size)));
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
