import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { compareNodes } from "../../web/checks/compare-nodes.ts";
import { checkTrees, treeAt } from "../../web/checks/type-tree.ts";
import { asking } from "../../web/nodes/asking.ts";
import type { NodeFacts, Roots } from "../../web/nodes/facts.ts";
import { recentChanges } from "../../web/nodes/recent.ts";
import { hitsOf } from "../../web/nodes/search-hits.ts";
import { documentOf, typeAt, typesAt } from "../../web/nodes/type-documents.ts";
import { soughtIn } from "../../web/search.ts";
import type { Context } from "../../web/view.ts";
import { ChainSimulator, type SimulatedWrite } from "../helpers/chain-simulator.ts";
import { serveChain } from "../helpers/served-chain.ts";
import { typeIdOf, typeUri } from "../helpers/simulated-events.ts";

const NODE = "https://node.example";

/** Answers each request by its path; other paths as an overloaded node. */
function answering(t: TestContext, answers: Readonly<Record<string, readonly [status: number, body: unknown]>>) {
  t.mock.method(globalThis, "fetch", async (url: string) => {
    const [status, body] = answers[new URL(url).pathname] ?? [503, { code: "UNAVAILABLE", detail: "busy" }];
    return new Response(JSON.stringify(body), { status });
  });
  return { asking: asking() };
}

const contextOf = (given: { asking: Context["asking"] }) => ({ ...given, nodes: [NODE] }) as unknown as Context;

test("a node that can't be asked for types or changes has said nothing about which there are", async (t) => {
  const context = answering(t, {});
  const busy = { status: 503 };
  await assert.rejects(typesAt(NODE, context), busy);
  await assert.rejects(typeAt(NODE, typeIdOf(0), context), busy);
  await assert.rejects(recentChanges(NODE, context.asking), busy);
  await assert.rejects(hitsOf(soughtIn("Ministry"), contextOf(context)), busy);
  const unread = { schemaUri: "https://types.example/0.json", schemaHash: "0x" };
  assert.deepEqual(await documentOf(NODE, unread, context), { kind: "unknown" });
});

test("a search that can be made only in part shows what it found, and otherwise that it failed", async (t) => {
  const context = answering(t, { "/types": [200, { types: [{ typeId: typeIdOf(0), uri: typeUri(0) }] }] });
  const found = await hitsOf(soughtIn("types.example/0 "), contextOf(context));
  assert.deepEqual(
    found.map(({ label }) => label),
    [typeUri(0)],
  );
  await assert.rejects(hitsOf(soughtIn("Ministry"), contextOf(context)), { status: 503 });
});

test("a type does not exist when the node says so, and is none of another URI", async (t) => {
  const type = { typeId: typeIdOf(0), uri: typeUri(0), schemaUri: "https://types.example/0.json", schemaHash: "0x" };
  const context = answering(t, {
    [`/types/${typeIdOf(0)}`]: [200, { type }],
    [`/types/${typeIdOf(1)}`]: [404, { code: "TYPE_NOT_FOUND", detail: "no" }],
    [`/types/${typeIdOf(2)}`]: [404, { code: "NO_ROUTE", detail: "no" }],
    [`/types/${typeIdOf(3)}`]: [200, { type: { ...type, typeId: typeIdOf(3) } }],
    "/0.json": [404, {}],
  });
  assert.equal((await typeAt(NODE, typeIdOf(0), context))?.uri, typeUri(0));
  assert.equal(await typeAt(NODE, typeIdOf(1), context), undefined);
  await assert.rejects(typeAt(NODE, typeIdOf(2), context), { status: 404 });
  await assert.rejects(typeAt(NODE, typeIdOf(3), context), /another type/);
  assert.deepEqual(await documentOf(NODE, type, context), { kind: "none" });
});

const rootsOf = (text: string): Roots => ({ did: text, trust: text, status: text });

/** A node that follows, with its newest and its newest finalized block. */
function factsOf(name: string, block: number, roots: string, newest = block + 1): NodeFacts {
  const url = `https://${name}.example`;
  const settled = { block, roots: rootsOf(roots) };
  return { url, state: "following", settled, newest: { ...settled, block: newest, time: 1 }, descriptor: {} };
}

test("a node that calls an old block its newest final one does not hide that others differ", () => {
  const facts = [factsOf("one", 100, "a"), factsOf("two", 100, "b"), factsOf("liar", 0, "zero", 101)];
  const both = (roots: string) =>
    new Map([
      [0, rootsOf("zero")],
      [100, rootsOf(roots)],
    ]);
  const rootsThere = new Map([
    ["https://one.example", both("a")],
    ["https://two.example", both("b")],
    ["https://liar.example", new Map([[0, rootsOf("zero")]])],
  ]);
  const { remarks } = compareNodes({ facts, descriptor: {}, rootsThere, seen: new Map() });
  assert.deepEqual(
    remarks.map(({ node, kind, values }) => [node, kind, values.block]),
    [
      ["one.example", "differs", 100],
      ["two.example", "differs", 100],
      ["liar.example", "behind", 0],
    ],
  );
});

test("a node that does not answer as of a block that it calls final was not compared, and is named", () => {
  const facts = [factsOf("one", 100, "a"), factsOf("silent", 104, "b")];
  const rootsThere = new Map([
    ["https://one.example", new Map([[100, rootsOf("a")]])],
    [
      "https://silent.example",
      new Map([
        [100, undefined],
        [104, rootsOf("b")],
      ]),
    ],
  ]);
  const { remarks } = compareNodes({ facts, descriptor: {}, rootsThere, seen: new Map() });
  assert.deepEqual(
    remarks.map(({ node, kind, values }) => [node, kind, values.block]),
    [["silent.example", "notCompared", 100]],
  );
});

test("a tree of a node that is some blocks behind is late, and one that differs as of the same block is wrong", async (t) => {
  const grant = (identity: number, parent: number | null): SimulatedWrite => ({
    do: "grant",
    identity,
    type: 0,
    parent,
  });
  const accept = (identity: number): SimulatedWrite => ({ do: "accept", identity, type: 0, number: 0 });
  const chain = new ChainSimulator();
  chain.mine([{ do: "type", type: 0 }, grant(0, null), accept(0), grant(1, 0), accept(1)]);
  const { get, mine, network } = await serveChain(t, chain);
  // A grant that is made in one block and accepted in a later one is in the tree from the later one on.
  await mine(grant(2, 0));
  const answer = async () => (await get(`/types/${typeIdOf(0)}/accreditations`)).json();
  const tree = (url: string, said: unknown) => treeAt(url, said, typeIdOf(0), network);
  const earlier = await answer();
  await mine(accept(2), { do: "deactivate", identity: 1 });
  const later = (await answer()) as { accreditations: unknown[] };
  const namesOf = (...said: readonly [string, unknown][]) =>
    checkTrees(said.map(([url, one]) => tree(url, one)))
      .filter(({ name }) => name !== "treeFolded")
      .map(({ name, outcome, values }) => [name, outcome, values.node]);
  const [old, fresh] = [["https://old.example", earlier] as const, ["https://new.example", later] as const];
  assert.deepEqual(namesOf([...old], [...fresh]), [["behind", "late", "old.example"]]);
  assert.deepEqual(namesOf([...fresh], [...old]), [["behind", "late", "old.example"]]);
  const less = { ...later, accreditations: later.accreditations.slice(1) };
  assert.deepEqual(namesOf([...fresh], ["https://liar.example", less]), [["treeDiffers", "bad", "liar.example"]]);
  assert.deepEqual(namesOf([...old], ["https://liar.example", less]), [["treeDiffers", "bad", "liar.example"]]);
});
