import { createList } from "@digitalbazaar/vc-bitstring-status-list";
import { ServedList } from "../../../node/lists/served-list.ts";
import type { Row } from "../measuring/row.ts";
import { compare } from "../measuring/timing.ts";
import { type Case, revokedOf, SMALL, sizeOf, statusesOf } from "./cases.ts";
import { sign } from "./signing.ts";

const PEER = "@digitalbazaar/vc-bitstring-status-list, encode alone";

/**
 * Measures encoding and signing all lists of a case from their chunks, and encoding and signing one list again after one bit of
 * it changed.
 */
export async function encodingRows(one: Case, rounds: number): Promise<Row[]> {
  const { lists, size, percent } = one;
  const revoked = Array.from({ length: lists }, (_, at) => revokedOf(one, at));
  const theirs = await Promise.all(
    revoked.map(async (indexes) => {
      const list = await createList({ length: size });
      for (const index of indexes) list.setStatus(index, true);
      return list;
    }),
  );
  const chunks = revoked.map(statusesOf);
  const times = { ours: lists === 1 ? 2 : 1, theirs: lists === 1 ? 2 : 1 };
  const cold = await compare({
    ours: async () => {
      for (const one of chunks) await sign(new ServedList(one, size));
    },
    theirs: async () => {
      for (const one of theirs) await one.encode();
    },
    times,
    rounds,
  });

  const kept = chunks.map((one) => new ServedList(one, size));
  for (const one of kept) await sign(one);
  let at = 0;
  const pick = <T>(all: readonly T[]) => all[at % lists] as T;
  const change = () => {
    at = (at * 48_271 + 11) % (size / 256);
    // Flips one bit, so that about the same number of bits is set in every round.
    const { revoked = 0n } = pick(chunks).get(at) ?? {};
    const changed = { revoked: revoked ^ (1n << BigInt(at % 256)), suspended: 0n };
    pick(chunks).set(at, changed);
    pick(kept).write(at, changed);
    return sign(pick(kept));
  };
  const again = () => {
    pick(theirs).setStatus((at * 256) % size, true);
    return pick(theirs).encode();
  };
  const changed = await compare({ ours: change, theirs: again, times: { ours: 100, theirs: 4 }, rounds });
  const row = { peer: PEER, size: sizeOf(one), unit: "ms" } as const;
  return [
    { ...row, topic: "list: encode and sign, cold", ...cold, goal: 1 },
    { ...row, topic: "list: the same after one bit changed", ...changed, goal: changedGoal(size, percent) },
  ];
}

/**
 * Maximum ratio for encoding a list again after one bit changed. It is larger for an empty list, because there the peer
 * compresses only zeros, while Mapae still needs about 0.1 ms for the signature.
 */
function changedGoal(size: number, percent: number): number {
  const goal = size === SMALL ? 0.25 : 0.05;
  return percent === 0 ? 4 * goal : goal;
}
