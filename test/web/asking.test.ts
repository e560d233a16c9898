import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { compareNodes } from "../../web/checks/compare-nodes.ts";
import { asking } from "../../web/nodes/asking.ts";
import { factsOf } from "../../web/nodes/facts.ts";
import { changesIn } from "../../web/nodes/recent.ts";
import { typesAt } from "../../web/nodes/type-documents.ts";

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

/** Answers every request with a text, and records how it was asked. */
function answering(t: TestContext, textOf: (url: string) => string) {
  const asked: (RequestInit | undefined)[] = [];
  t.mock.method(globalThis, "fetch", async (url: string, init?: RequestInit) => {
    asked.push(init);
    return new Response(textOf(url));
  });
  return asked;
}

test("a node whose answer is nested without end could not be asked, and the other nodes are still compared", async (t) => {
  const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
  answering(t, (url) => (url.startsWith("https://evil.example/network") ? `{"name":${deep}}` : '{"name":"local"}'));
  const asker = asking();
  const urls = ["https://evil.example", "https://node.example"];
  const facts = await Promise.all(urls.map((url) => factsOf(url, asker)));
  const compared = compareNodes({ facts, descriptor: { name: "local" }, rootsThere: new Map(), seen: new Map() });
  const kinds = compared.remarks.map(({ node, kind }) => `${node} ${kind}`);
  assert.deepEqual(kinds, ["evil.example unreachable", "node.example notFollowing"]);
});

test("an answer with a name twice is none, because readers differ on what it says", async (t) => {
  answering(t, () => '{"kind":"following","kind":"halted"}');
  await assert.rejects(asking().json("https://node.example/status"), /twice/);
});

test("a redirect is never followed, so that no node chooses which server the page asks", async (t) => {
  const asked = answering(t, () => "{}");
  await asking().json("https://node.example/status");
  await asking().fetch("https://node.example/status", { redirect: "follow" });
  assert.deepEqual(
    asked.map((init) => init?.redirect),
    ["error", "error"],
  );
});

test("of an answer with more types or changes than a node gives, only as many are shown", async (t) => {
  const type = (at: number) => ({ typeId: `0x${at}`, uri: `https://types.example/${at}` });
  const many = Array.from({ length: 50_000 }, (_, at) => type(at));
  answering(t, () => JSON.stringify({ types: many }));
  assert.equal((await typesAt("https://node.example", { asking: asking() })).length, 1_000);
  const change = { kind: "type", subject: "0x1", type: "typeAdded", transaction: "0x1", time: "2026-01-01T00:00:00Z" };
  const changes = Array.from({ length: 50_000 }, (_, block) => ({ ...change, block }));
  assert.equal(changesIn({ changes }).length, 200);
});
