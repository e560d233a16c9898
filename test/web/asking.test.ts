import assert from "node:assert/strict";
import { test } from "node:test";
import { asking } from "../../web/nodes/asking.ts";

test("an answer without end is read up to the bound, and not to its end", async (t) => {
  const chunk = new Uint8Array(1_048_576);
  let chunks = 0;
  const endless = new ReadableStream({
    pull(controller) {
      chunks += 1;
      if (chunks > 64) controller.close();
      else controller.enqueue(chunk);
    },
  });
  t.mock.method(globalThis, "fetch", async () => new Response(endless));
  await assert.rejects(asking().json("https://node.example/status"), /more than 33554432 bytes/);
  assert(chunks < 40, `${chunks} MiB were read`);
});
