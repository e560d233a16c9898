import assert from "node:assert/strict";
import { test } from "node:test";
import { STREAM_LIMITS } from "../../../node/http/server/bounds.ts";
import { beforeHistory, changed } from "../../helpers/memory-index.ts";
import { until as whenTrue } from "../../helpers/real-node.ts";
import { ALICE, BOB, didOf, gate, key, START, settle, startTestNode, type TestNode } from "./harness.ts";

/** Reads a stream of events until it has so many bytes that match. */
async function until(reader: ReadableStreamDefaultReader<Uint8Array>, wanted: RegExp): Promise<string> {
  let text = "";
  while (!wanted.test(text)) {
    const { value, done } = await reader.read();
    assert(!done, `the stream ended with: ${text}`);
    text += new TextDecoder().decode(value);
  }
  return text;
}

test("a stream tells of each change that stays, of one DID alone, and goes on behind the last event that was had", async (t) => {
  const node = await startTestNode(t);
  node.writer.block(START, key(ALICE, 1));
  settle(node);
  const open = async (headers: Record<string, string> = {}) => {
    const query = `kind=did&subject=${didOf(ALICE)}`;
    const response = await fetch(`${node.url}/changes?${query}`, {
      headers: { accept: "text/event-stream", ...headers },
    });
    assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
    return (response.body as ReadableStream<Uint8Array>).getReader();
  };
  const reader = await open();
  await until(reader, /: changes/);
  node.writer.block(START + 1, key(BOB, 2));
  node.writer.block(START + 2, key(ALICE, 3));
  settle(node);
  const received = await until(reader, /data: .*\n\n/);
  assert.match(received, /id: 3-\d+\ndata: \{"block":3/);
  assert(!received.includes(BOB), "nothing of another DID");
  await reader.cancel();

  const again = await open({ "last-event-id": "1-0" });
  assert.match(await until(again, /"block":3/), /id: 3-/);
  await node.close();
  for (let next = await again.read(); !next.done; next = await again.read());
});

test("a stream is refused as a page is, and HEAD has no body", async (t) => {
  const node = await startTestNode(t);
  node.writer.block(START, key(ALICE, 1));
  const ask = (path: string, headers: Record<string, string> = {}, method = "GET") =>
    node.get(path, { accept: "text/event-stream", ...headers }, method);
  for (const query of ["index=3", `kind=did&subject=${didOf(ALICE)}?&index=3`, `kind=did&subject=${didOf(ALICE)}?`]) {
    assert.equal((await ask(`/changes?${query}`)).status, 400, query);
  }
  assert.equal((await ask("/changes", { "last-event-id": "x" })).status, 400);
  const head = await ask("/changes", {}, "HEAD");
  assert.deepEqual([head.status, head.text], [200, ""]);
  assert.equal((await ask("/changes", {}, "POST")).status, 405);
});

test("a client has a share of the streams, all clients together have so many, and a place that is given back can be taken", async (t) => {
  const { atOnce, atOnceOfClient } = STREAM_LIMITS;
  const node = await startTestNode(t, { trustedProxies: ["127.0.0.1"] });
  node.writer.block(START, key(ALICE, 1));
  settle(node);
  const open = async (client: string) => {
    const away = new AbortController();
    const response = await fetch(`${node.url}/changes`, {
      headers: { accept: "text/event-stream", "x-forwarded-for": client },
      signal: away.signal,
    });
    return { response, leave: () => away.abort() };
  };
  const many = (client: string, count: number) => Promise.all(Array.from({ length: count }, () => open(client)));
  const refused = async (client: string) => {
    const { response } = await open(client);
    const { code } = (await response.json()) as { code: string };
    return [response.status, code, Number(response.headers.get("retry-after")) > 0];
  };

  // Asked for all at once, so that none is open yet while the others are counted.
  // All are kept: a stream that nobody refers to is ended by the garbage collector.
  const first = await many("192.0.2.1", atOnceOfClient + 3);
  const statuses = first.map(({ response }) => response.status);
  assert.deepEqual(
    [200, 429].map((wanted) => statuses.filter((status) => status === wanted).length),
    [atOnceOfClient, 3],
  );
  assert.deepEqual(await refused("192.0.2.1"), [429, "TOO_MANY_REQUESTS", true]);

  const others = [];
  for (let client = 2; client <= atOnce / atOnceOfClient; client++)
    others.push(...(await many(`192.0.2.${client}`, atOnceOfClient)));
  assert.deepEqual(await refused("192.0.2.200"), [503, "UNAVAILABLE", true]);
  const json = await node.get("/changes", { "x-forwarded-for": "192.0.2.1" });
  assert.equal(json.status, 200, "a page of changes takes no place");
  assert.deepEqual(node.refusals, ["share", "share", "share", "share", "requests"]);

  first.find(({ response }) => response.status === 200)?.leave();
  await whenTrue(async () => {
    const { response, leave } = await open("192.0.2.200");
    if (response.status !== 200) leave();
    else others.push({ response, leave });
    return response.status === 200;
  });
  for (const { leave } of [...first, ...others]) leave();
  await node.close();
});

/** The blocks of the events in a stream's text. */
const blocksIn = (text: string) => [...text.matchAll(/^id: (\d+)-/gm)].map(([, block]) => Number(block));

async function openStream(node: TestNode, headers: Record<string, string> = {}) {
  const response = await fetch(`${node.url}/changes`, { headers: { accept: "text/event-stream", ...headers } });
  return (response.body as ReadableStream<Uint8Array>).getReader();
}

test("a stream that resumes gets what becomes final while its missed changes are read", async (t) => {
  const [asked, late] = [gate(), gate()];
  const node = await startTestNode(t, {
    wrap: (index) =>
      beforeHistory(index, async ({ after }) => {
        if (after === undefined) return;
        asked.open();
        await late.opened;
      }),
  });
  for (let block = 0; block < 2; block++) node.writer.block(START + block, key(ALICE, block + 1));
  settle(node);
  const other = await openStream(node);
  await until(other, /: changes/);
  const resuming = openStream(node, { "last-event-id": "1-0" });
  await asked.opened;
  node.writer.block(START + 2, key(ALICE, 3));
  settle(node);
  await until(other, /^id: 3-/m);
  late.open();
  const reader = await resuming;
  const before = await until(reader, /^id: 2-/m);
  node.writer.block(START + 3, key(ALICE, 4));
  settle(node);
  const text = before + (/^id: 4-/m.test(before) ? "" : await until(reader, /^id: 4-/m));
  assert.deepEqual(blocksIn(text), [2, 3, 4]);
  await node.close();
});

test("a stream whose changes can't be read says that there is a gap, and goes on behind it", async (t) => {
  let isBroken = false;
  const node = await startTestNode(t, {
    wrap: (index) =>
      beforeHistory(index, async () => {
        if (isBroken) throw new Error("the disk is gone");
      }),
  });
  node.writer.block(START, key(ALICE, 1));
  settle(node);
  const reader = await openStream(node);
  await until(reader, /: changes/);
  isBroken = true;
  node.writer.block(START + 1, key(ALICE, 2));
  settle(node);
  await whenTrue(() => node.faults.length > 0);
  isBroken = false;
  node.writer.block(START + 2, key(ALICE, 3));
  settle(node);
  const text = await until(reader, /^id: 3-/m);
  assert(text.indexOf("event: gap\n") >= 0 && text.indexOf("event: gap\n") < text.indexOf("id: 3-"), text);
  assert.deepEqual(blocksIn(text), [3]);
  await node.close();
});

test("streams wait while no block is served, which is no fault", async (t) => {
  let isServed = true;
  let isAsked = false;
  const node = await startTestNode(t, {
    wrap: (index) =>
      changed(index, {
        hold() {
          if (isServed) return index.hold();
          isAsked = true;
          return undefined;
        },
      }),
  });
  node.writer.block(START, key(ALICE, 1));
  settle(node);
  const reader = await openStream(node);
  await until(reader, /: changes/);
  isServed = false;
  await whenTrue(() => isAsked);
  node.writer.block(START + 1, key(ALICE, 2));
  settle(node);
  isServed = true;
  assert.deepEqual(blocksIn(await until(reader, /^id: /m)), [2]);
  assert.deepEqual(node.faults, []);
  await node.close();
});
