import assert from "node:assert/strict";
import { test } from "node:test";
import { Backoff } from "../../node/backoff.ts";
import { failover } from "../../node/chain/failover.ts";
import type { ChainReader } from "../../resolver/chain/chain-reader.ts";
import { NetworkMismatchError, UnavailableError } from "../../resolver/errors.ts";
import { ChainSimulator } from "../helpers/chain-simulator.ts";
import { type Fault, faulty } from "../helpers/faulty-reader.ts";

/** Two readers of one chain whose faults a test sets, and what was verified and asked, by their numbers. */
function pair(verify: (number: number) => void = () => {}) {
  const chain = new ChainSimulator();
  const faults: (Fault | undefined)[] = [undefined, undefined];
  const steps: string[] = [];
  const readers: ChainReader[] = [0, 1].map((number) => {
    const reader = faulty(chain, () => faults[number]);
    return {
      ...reader,
      chainId: () => {
        steps.push(`ask ${number}`);
        return reader.chainId();
      },
    };
  });
  const reader = failover({
    readers,
    verify: async (one) => {
      steps.push(`verify ${readers.indexOf(one)}`);
      verify(readers.indexOf(one));
    },
  });
  return { reader, faults, steps };
}

test("one reader is asked as long as it answers, then the next, each verified first and again after it failed", async () => {
  const { reader, faults, steps } = pair();
  await reader.chainId();
  await reader.chainId();
  assert.deepEqual(steps.splice(0), ["verify 0", "ask 0", "ask 0"]);
  faults[0] = "down";
  await reader.chainId();
  await reader.chainId();
  assert.deepEqual(steps.splice(0), ["ask 0", "verify 1", "ask 1", "ask 1"]);
  faults[0] = undefined;
  faults[1] = "down";
  await reader.chainId();
  assert.deepEqual(steps.splice(0), ["ask 1", "verify 0", "ask 0"]);
});

test("when none answers, each was asked once and the last one's error is thrown", async () => {
  const { reader, faults, steps } = pair();
  faults.fill("down");
  await assert.rejects(reader.chainId(), UnavailableError);
  assert.deepEqual(steps, ["verify 0", "ask 0", "verify 1", "ask 1"]);
});

test("a reader that turns out to be another chain is not asked anything", async () => {
  const { reader, faults, steps } = pair((number) => {
    if (number === 1) throw new NetworkMismatchError("another chain");
  });
  faults[0] = "down";
  await assert.rejects(reader.chainId(), NetworkMismatchError);
  assert(!steps.includes("ask 1"), String(steps));
});

test("what can't be true is thrown to who asked; only who asked can tell whom to ask next", async () => {
  const { reader, faults, steps } = pair();
  faults[0] = "garbage";
  await assert.rejects(reader.chainId(), { code: "CHAIN_DATA" });
  reader.turn();
  await reader.chainId();
  assert.deepEqual(steps, ["verify 0", "ask 0", "verify 1", "ask 1"]);
});

test("pauses double up to 15 s, differ by chance, and begin anew after a success", () => {
  const shortest = new Backoff(() => 0);
  const longest = new Backoff(() => 0.999_999);
  const pauses = (backoff: Backoff) => Array.from({ length: 8 }, () => backoff.next());
  assert.deepEqual(pauses(shortest), [125, 250, 500, 1_000, 2_000, 4_000, 7_500, 7_500]);
  assert.deepEqual(pauses(longest), [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  shortest.reset();
  assert.equal(shortest.next(), 125);
});
