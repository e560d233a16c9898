import assert from "node:assert/strict";
import { join } from "node:path";
import type { AtEnd } from "../../../scripts/rehearsal/ends.ts";
import { until } from "../../../scripts/rehearsal/until.ts";
import { signersOf } from "./genesis.ts";
import { type Geth, initGeth, startGeth } from "./geth.ts";
import { connect, disconnect, untilPeers } from "./peers.ts";

/** One signer, which seals a block only when there is a transaction, so that tests determine the content of each branch. */
const SPEC = { signers: 1, period: 0 };

/** Two geths that seal with the same validator's key, so that each can make its own branch. No honest operator does this. */
export interface Pair {
  readonly a: Geth;
  readonly b: Geth;
  /** Waits until both have the same newest block, then disconnects them. */
  split(): Promise<void>;
  /** Connects them again, which is possible only once. The shorter branch is replaced. */
  join(): Promise<void>;
}

/** Starts a connected pair. Neither seals until a test lets it. */
export async function startPair(folder: string, atEnd: AtEnd): Promise<Pair> {
  const [signer] = signersOf(SPEC);
  assert(signer);
  const start = async (name: string): Promise<Geth> => {
    const options = { folder: join(folder, name), spec: SPEC, signer, extra: name, maxPeers: 1 };
    await initGeth(options);
    const geth = await startGeth(options);
    atEnd(geth.stop);
    return geth;
  };
  const a = await start("a");
  const b = await start("b");
  await connect(a, b);
  await untilPeers(a, 1);
  return {
    a,
    b,
    async split() {
      await untilSameHead(a, b);
      await disconnect(a, b);
    },
    async join() {
      // geth does not redial a peer for some time, so the other side dials.
      await connect(b, a);
      await untilSameHead(a, b);
    },
  };
}

async function untilSameHead(one: Geth, other: Geth): Promise<void> {
  await until(
    "two nodes have the same newest block",
    async () => {
      const [first, second] = await Promise.all([one.reader.header("latest"), other.reader.header("latest")]);
      return first !== null && first.hash === second?.hash;
    },
    () => [one.tail(), other.tail()],
  );
}
