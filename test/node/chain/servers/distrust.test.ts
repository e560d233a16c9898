import assert from "node:assert/strict";
import { test } from "node:test";
import { HistoryIncompleteError, UnavailableError } from "../../../../resolver/errors.ts";
import { down, failingServers } from "./failing-servers.ts";

test("only a trusted answer resets the failures of a server", async () => {
  const state = failingServers(2);
  const { reader, poll, asked, failures } = state;
  const fail = async () => {
    reader.distrust(new HistoryIncompleteError("logs do not fold to the root"));
    asked();
    state.now += failures.at(-1)?.pause ?? 0;
    while (asked().at(-1) !== "head 0") await poll();
  };
  await poll();
  await fail();
  await poll();
  await fail();
  await poll();
  reader.trust();
  await fail();
  assert.deepEqual(
    failures.map(({ url, kind, pause }) => [url, kind, pause]),
    [100, 200, 100].map((pause) => [0, "history", pause]),
  );
});

test("a server that stood still while the chain went on is asked again only once it shows a later block", async () => {
  const state = failingServers(2);
  const { reader, chain, poll, asked, failures } = state;
  const wait = async () => {
    state.now += failures.at(-1)?.pause ?? 0;
    await poll();
    asked();
    await poll();
    return asked();
  };
  await poll();
  reader.distrust(new UnavailableError("the chain goes on elsewhere"), chain.tip.number);
  await poll();
  assert.deepEqual(await wait(), ["head 1"]);
  assert.deepEqual(await wait(), ["head 1"]);
  // As a witness of a block that it has.
  state.now += 400;
  assert.equal(await reader.isConfirmed({ slots: [], block: chain.tip.hash, values: [] }), true);
  assert(asked().includes("ask 0"));
  assert.deepEqual(await wait(), ["head 1"]);
  chain.mine();
  assert.deepEqual(await wait(), ["head 0"]);
  assert.deepEqual(
    failures.map(({ url, kind, pause }) => [url, kind, pause]),
    [100, 200, 400, 800].map((pause) => [0, "absent", pause]),
  );
});

test("a failure that whoever asked distrusts as well is reported once", async () => {
  const { reader, does, failures } = failingServers(1);
  does[0] = down;
  const error = await reader.chainId().catch((thrown: Error) => thrown);
  assert(error instanceof Error);
  reader.distrust(error);
  assert.equal(failures.length, 1);
});

test("distrust returns whether there is another server to ask", () => {
  const { reader } = failingServers(2);
  const error = new HistoryIncompleteError("logs do not fold to the root");
  assert.equal(reader.distrust(error), true);
  assert.equal(failingServers(1).reader.distrust(error), false);
});
