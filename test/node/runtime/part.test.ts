import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { loop, type Part, startParts } from "../../../node/runtime/part.ts";

/** A part that notes what is done with it. */
function noted(name: string, calls: string[]): Required<Part> {
  return {
    start: () => void calls.push(`start ${name}`),
    stop: async () => void calls.push(`stop ${name}`),
  };
}

test("parts are started and stopped in the order given, and stopped once however often that is called", async () => {
  const calls: string[] = [];
  const stop = await startParts([
    noted("a", calls),
    { stop: async () => void calls.push("stop b") },
    noted("c", calls),
  ]);
  assert.deepEqual(calls, ["start a", "start c"]);
  await Promise.all([stop(), stop()]);
  await stop();
  assert.deepEqual(calls.slice(2), ["stop a", "stop b", "stop c"]);
});

test("when a part can't start, all parts are stopped, and none is started after it", async () => {
  const calls: string[] = [];
  const failing: Part = {
    start() {
      throw new Error("port in use");
    },
  };
  await assert.rejects(startParts([noted("a", calls), failing, noted("c", calls)]), /port in use/);
  assert.deepEqual(calls, ["start a", "stop a", "stop c"]);
});

test("a loop runs until it is stopped, and stopping waits for its end", async () => {
  const ended: string[] = [];
  const running = loop(async (signal) => {
    await once(signal, "abort");
    await Promise.resolve();
    ended.push("ended");
  });
  running.start();
  await running.stop();
  assert.deepEqual(ended, ["ended"]);
});

test("a loop that was never started can be stopped", async () => {
  await loop(async () => assert.fail("it ran")).stop();
});
