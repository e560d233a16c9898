import assert from "node:assert/strict";
import { join } from "node:path";
import type { AtEnd } from "../../../scripts/rehearsal/ends.ts";
import { until } from "../../../scripts/rehearsal/until.ts";
import { signersOf } from "./genesis.ts";
import { type Geth, initGeth, startGeth } from "./geth.ts";
import { connect, disconnect, untilPeers } from "./peers.ts";

/** One signer; a block only when a transaction wants it: so a test decides of what each branch consists. */
const SPEC = { signers: 1, period: 0 };

/** Two nodes that seal as the same validator, which no honest operator runs: each can make a branch of its own. */
export interface Pair {
  readonly a: Geth;
  readonly b: Geth;
  /** Waits until both have the same newest block, then cuts them off from each other. */
  split(): Promise<void>;
  /** Connects them again, once: the shorter branch gives way. */
  join(): Promise<void>;
}

/** Starts a pair that is connected. Neither seals until it is told to. */
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
      // Who dialled a peer doesn't dial it again so soon: the other one does.
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
