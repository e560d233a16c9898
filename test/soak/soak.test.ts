import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { Load } from "./load.ts";
import { soak } from "./soak.ts";

/** Number of samples that just suffices for a verdict. */
const SAMPLES = 22;

test("a leaking node is detected although all its answers and its index are correct", async () => {
  const ends = new AbortController();
  let samples = 0;
  const { progress, comparisons, equalsFresh, content } = await soak({
    seconds: 120, // which is two samples per second
    seed: 1,
    signal: ends.signal,
    nodeOptions: `--import=${new URL("leak.ts", import.meta.url)}`,
    onSample(_sample, { reorgs }) {
      if (++samples >= SAMPLES && reorgs > 0) ends.abort();
    },
  });
  const grown = comparisons.filter(({ ok }) => !ok).map(({ measure }) => measure);
  for (const leaked of ["heap", "memory", "sockets", "files"] as const) assert(grown.includes(leaked), leaked);
  assert.equal(progress.wrong, 0, progress.examples.join("\n"));
  assert(progress.answers.has(200) && progress.answers.has(404) && progress.aborted > 0);
  assert(equalsFresh);
  assert.match(content ?? "", /^0x[0-9a-f]{64}$/);
});

test("a 503 is never a wrong answer; another unexpected status is, and so is a broken connection", async (t) => {
  assert.deepEqual(await wrongAnswers(t, (_request, response) => response.writeHead(503).end()), new Set());
  const absent = await wrongAnswers(t, (_request, response) => response.writeHead(404).end());
  assert.deepEqual(absent, new Set(["got 404, expected 200"]));
  const found = await wrongAnswers(t, (_request, response) => response.end("{}"));
  assert.deepEqual(found, new Set(["got 200, expected 404"]));
  const broken = await wrongAnswers(t, (request) => request.socket.destroy());
  assert.deepEqual(broken, new Set(["socket hang up"]));
});

/** The wrong answers, without their paths, that clients of a server with these answers record. */
async function wrongAnswers(t: TestContext, answer: RequestListener): Promise<Set<string | undefined>> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const load = new Load({ url, chain: { accounts: [1, 2], firstVersion: 1, settled: 9 }, seed: 1 });
  load.start();
  const total = () => [...load.answers.values()].reduce((sum, count) => sum + count, load.aborted + load.wrong);
  while (total() < 200) await delay(5);
  await load.stop();
  return new Set(load.examples.map((example) => example.split(": ")[1]));
}
