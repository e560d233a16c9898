import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Change } from "../../../node/audit/changes/change.ts";
import { decodeRegistryLog } from "../../../resolver/registry-event.ts";
import { dateTime } from "../../../resolver/resolution/resolve.ts";
import {
  type ChainSimulator,
  type SimulatedWrite,
  simulatedIdentity,
  simulatedList,
} from "../../helpers/chain-simulator.ts";
import { runs } from "../../helpers/property.ts";
import { REGISTRIES } from "../../helpers/simulated-events.ts";
import { anyBlock } from "../../helpers/simulated-writes.ts";
import { status } from "../lists/served-node.ts";
import { startAuditedNode } from "./audited-node.ts";
import { exportedLines, JSONL, paged } from "./reading-changes.ts";

/** The chain's changes, read independently of the node: all logs of all blocks in order. */
function fromChain(chain: ChainSimulator) {
  const owners = new Map<string, string>();
  return chain.branch.flatMap(({ logs, time }) =>
    logs.flatMap((log) => {
      const found = decodeRegistryLog(log, time, REGISTRIES);
      if (found === undefined) return [];
      const { kind, id, event } = found;
      const owner = owners.get(id) ?? id;
      if (event.type === "owner" && !/^0x0+$/.test(event.owner)) owners.set(id, event.owner);
      const actor = kind === "did" ? owner : event.actor;
      const { blockNumber: block, blockHash, transactionHash: transaction, logIndex } = log;
      return [{ block, blockHash, time, transaction, logIndex, kind, subject: id, type: event.type, actor }];
    }),
  );
}

test("over random histories and reorganisations the change log equals the chain's logs, by every filter and in any pages", async () => {
  const step = fc.record({ drop: fc.constantFrom(0, 0, 0, 2), writes: anyBlock });
  const property = fc.asyncProperty(
    fc.array(step, { minLength: 3, maxLength: 25 }),
    fc.nat(),
    fc.integer({ min: 1, max: 7 }),
    async (steps, pick, limit) => {
      const ends: (() => Promise<void>)[] = [];
      const node = await startAuditedNode({ after: (end) => void ends.push(end) });
      for (const { drop, writes } of steps) {
        node.chain.dropBlocks(drop);
        while (node.chain.tip.number < (node.node.index.asOf()?.number ?? 0)) node.chain.mine();
        await node.mine(...writes);
      }
      const all = fromChain(node.chain);
      const one = all[pick % Math.max(1, all.length)];
      const filters: [query: string, is: (change: (typeof all)[number]) => boolean][] = [["", () => true]];
      if (one !== undefined) {
        filters.push(
          [`kind=${one.kind}`, ({ kind }) => kind === one.kind],
          [`type=${one.type}`, ({ type }) => type === one.type],
          [`actor=${one.actor}`, ({ actor }) => actor === one.actor],
          [`kind=${one.kind}&subject=${one.subject}`, ({ subject }) => subject === one.subject],
          [`from=${dateTime(one.time)}`, ({ time }) => time >= one.time],
          [`to=${dateTime(one.time)}`, ({ time }) => time <= one.time],
          [
            `from=${dateTime(one.time + 1)}&to=${dateTime(one.time + 9)}`,
            ({ time }) => time > one.time && time < one.time + 10,
          ],
          [
            `type=delegate&actor=${one.actor}&from=${dateTime(one.time)}`,
            ({ type, actor, time }) => type === "delegate" && actor === one.actor && time >= one.time,
          ],
        );
      }
      for (const [query, is] of filters) {
        const wanted = all.filter(is).map((change) => ({ ...change, time: dateTime(change.time) }));
        const bare = (changes: Change[]) => changes.map(({ details: _, ...change }) => change);
        assert.deepEqual(bare(await paged(node, query, limit)), wanted, query);
        assert.deepEqual(bare(await exportedLines(node, query)), wanted, query);
      }
      assert.deepEqual(node.faults, []);
      for (const end of ends) await end();
    },
  );
  await fc.assert(property, runs(12));
});

test("a page names its block, the roots and the head as the chain has them", async (t) => {
  const node = await startAuditedNode(t, { first: [{ do: "list", identity: 1, list: 0 }] });
  await node.mine(status(0, [1, 2, 3]));
  await node.mine();
  const list = simulatedList(1, 0);
  const page = await node.json(`/audit/changes?kind=list&subject=${list}`);
  const { number: block, hash, time } = node.chain.tip;
  assert.deepEqual(page.asOf, { block, hash, time: dateTime(time), finalized: false });
  assert.deepEqual(page.roots, node.chain.roots);
  assert.equal(page.head, node.chain.headOf({ kind: "list", id: list }, node.chain.tip));
  const [, changed] = page.changes;
  assert.deepEqual(changed.details.changes, [{ word: 0, revoke: "0x2", suspend: "0x4", reinstate: "0x8" }]);
});

test("a cursor continues where a page ended, whatever is mined meanwhile, and is refused once its place was undone", async (t) => {
  const write = (value: number): SimulatedWrite => ({ do: "attribute", identity: 1, value, validTo: 4e9 });
  const node = await startAuditedNode(t, { first: [write(1), write(2)] });
  const { next, changes } = await node.json("/audit/changes?limit=1");
  assert.equal(changes.length, 1);
  await node.mine(write(3));
  const rest = await node.json(`/audit/changes?after=${next}`);
  assert.equal(rest.changes.length, 2);
  assert.equal(rest.next, null);
  node.chain.dropBlocks(2);
  while (node.chain.tip.number < (node.node.index.asOf()?.number ?? 0)) node.chain.mine();
  await node.mine(write(4));
  const { code } = await node.json(`/audit/changes?after=${next}`, 409);
  assert.equal(code, "AUDIT_CURSOR");
});

test("a parameter of an unknown name or form is refused, and the error says what was wanted", async (t) => {
  const node = await startAuditedNode(t, { first: [{ do: "type", type: 0 }] });
  for (const query of [
    "x=1",
    "kind=dids",
    "kind=did&kind=did",
    `subject=${simulatedIdentity(1)}`,
    "kind=did&subject=0x12",
    `kind=list&subject=${simulatedIdentity(1)}`,
    `kind=did&subject=did:mapae:other-12345678:${simulatedIdentity(1)}`,
    `kind=did&subject=${"0".repeat(200)}`,
    "type=changes",
    "actor=0xAB",
    "from=yesterday",
    "from=2026-02-30T00:00:00Z",
    "to=1700000000",
    "after=1",
    "after=1-1-xyz",
    "after=01-1-0123456789abcdef",
    "limit=0",
    "limit=1001",
    "limit=1e2",
    "format=csv",
    "kind=did?&limit=2",
  ]) {
    const { code, detail } = await node.json(`/audit/changes?${query}`, 400);
    assert.equal(code, "AUDIT_PARAMETER", query);
    assert.match(detail, /wanted|missing/, query);
  }
  const { detail } = await node.json("/audit/changes?x=1", 400);
  assert.match(detail, /^Got a parameter "x", wanted one of kind, /);
  assert.equal((await node.get("/audit/changes?limit=5", JSONL)).status, 400, "an export has no pages");
  assert.equal((await node.get("/audit/changes", { accept: "text/html" })).status, 406);
  assert.deepEqual(node.faults, []);
});
