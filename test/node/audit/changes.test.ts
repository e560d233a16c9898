import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import type { Change } from "../../../node/audit/changes/change.ts";
import { csvLine } from "../../../node/audit/changes/csv.ts";
import { MAX_ENTRY_BYTES } from "../../../resolver/did/entries.ts";
import { decodeRegistryLog } from "../../../resolver/registry-event.ts";
import { dateTime } from "../../../resolver/resolution/resolve.ts";
import {
  ChainSimulator,
  type SimulatedWrite,
  simulatedIdentity,
  simulatedList,
} from "../../helpers/chain-simulator.ts";
import { runs } from "../../helpers/property.ts";
import { REGISTRIES } from "../../helpers/simulated-events.ts";
import { anyBlock } from "../../helpers/simulated-writes.ts";
import { status } from "../lists/served-node.ts";
import { startAuditedNode } from "./audited-node.ts";

type Node = Awaited<ReturnType<typeof startAuditedNode>>;
const JSONL = { accept: "application/jsonl" };

/** Every change, page by page; each page of JSON has at most `limit` of them. */
async function paged(node: Node, query: string, limit = 1_000): Promise<Change[]> {
  const all: Change[] = [];
  for (let after = ""; ; ) {
    const { changes, next } = await node.json(`/audit/changes?${query}&limit=${limit}${after}`);
    assert(changes.length <= limit);
    all.push(...changes);
    if (next === null) return all;
    after = `&after=${next}`;
  }
}

async function exportedLines(node: Node, query: string): Promise<Change[]> {
  const text = await (await node.get(`/audit/changes?${query}`, JSONL)).text();
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Change);
}

/** What the chain says, by another way than the node's: all logs of all blocks, one after the other. */
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

test("over random histories and reorgs the log is what the chain's logs say, by every filter and in any pages", async () => {
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

test("setting a revoked entry again is shown as healing it, wherever a page begins and whatever is asked for", async (t) => {
  const write = (value: number, validTo: number): SimulatedWrite => ({ do: "attribute", identity: 1, value, validTo });
  const delegate = (validTo: number): SimulatedWrite => ({ do: "delegate", identity: 1, value: 3, validTo });
  const node = await startAuditedNode(t, { first: [write(1, 4e9), write(2, 4e9), delegate(4e9)] });
  await node.mine(write(1, 0), write(1, 4e9), write(1, 5e9));
  await node.mine(delegate(0), write(2, 0));
  await node.mine(delegate(4e9), write(1, 4e9));
  await node.mine(write(2, 4e9), delegate(5e9));
  const heals = async (query: string, limit: number) =>
    (await paged(node, query, limit)).map(({ details }) => details.heals === true);
  const [no, yes] = [false, true];
  for (const limit of [1, 2, 100]) {
    assert.deepEqual(await heals("", limit), [no, no, no, no, yes, no, no, no, yes, no, yes, no], `${limit}`);
    assert.deepEqual(await heals("type=attribute", limit), [no, no, no, yes, no, no, no, yes], `${limit}`);
    assert.deepEqual(await heals("type=delegate", limit), [no, no, yes, no], `${limit}`);
  }
  const healed = (await exportedLines(node, "")).filter(({ details }) => "heals" in details);
  assert.equal(healed.length, 3);
});

test("a key that there is no room for heals nothing when it is set again, and does once there is", async (t) => {
  const key = (byte: number, bytes: number, validTo: number): SimulatedWrite => {
    return {
      do: "key",
      identity: 1,
      algorithm: "P256",
      key: `0x${byte.toString(16).padStart(2, "0").repeat(bytes)}`,
      validTo,
    };
  };
  const full = Array.from({ length: 15 }, (_, at) => key(0x10 + at, 4_096, 4e9));
  const rest = MAX_ENTRY_BYTES - 15 * (32 + 4_096) - 32;
  const stolen = (validTo: number) => key(0xaa, 65, validTo);
  const node = await startAuditedNode(t, { first: [stolen(4e9)] });
  await node.mine(stolen(0), ...full, key(0xee, rest, 4e9));
  await node.mine(stolen(4e9));
  await node.mine(key(0xee, rest, 0), stolen(4e9));
  for (const limit of [1, 100]) {
    const heals = (await paged(node, "", limit)).map(({ details }) => details.heals === true);
    assert.deepEqual(heals.slice(-3), [false, false, true], `${limit}`);
    assert.equal(heals.slice(0, -3).includes(true), false);
  }
});

test("a cursor goes on where a page ended, whatever is mined meanwhile, and says when its place was undone", async (t) => {
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

test("CSV has the same changes, and no cell that a spreadsheet would run", async (t) => {
  const node = await startAuditedNode(t, {
    first: [
      { do: "type", type: 0 },
      { do: "grant", identity: 1, type: 0, parent: null },
    ],
  });
  const response = await node.get("/audit/changes", { accept: "text/csv" });
  assert.equal(response.headers.get("content-type"), "text/csv; charset=utf-8");
  const [names, ...lines] = (await response.text()).trimEnd().split("\r\n");
  assert.equal(names, "block,blockHash,time,transaction,logIndex,kind,subject,type,actor,details");
  const { changes } = await node.json("/audit/changes");
  assert.deepEqual(
    lines,
    changes.map(({ details, ...rest }: Change) => {
      return `${Object.values(rest).join(",")},"${JSON.stringify(details).replaceAll('"', '""')}"`;
    }),
  );
  assert.match(lines[1] ?? "", /행정안전부/);
  for (const [text, cell] of [
    ["=1+1", "'=1+1"],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", '"\'\t=1"'],
    ["\r=1", '"\'\r=1"'],
    ['=HYPERLINK("x";A1)', '"\'=HYPERLINK(""x"";A1)"'],
    ["a,b", '"a,b"'],
    ['a"b', '"a""b"'],
    ["0xab", "0xab"],
  ] as const) {
    assert.equal(csvLine([text, 1]), `${cell},1\r\n`);
  }
});

test("an export is made no faster than it is read, and ends when its reader goes away", async (t) => {
  const chain = new ChainSimulator();
  for (let block = 0; block < 40; block++) {
    chain.mine(
      Array.from({ length: 50 }, (_, value) => ({ do: "attribute", identity: value, value: 60, validTo: 4e9 })),
    );
  }
  const node = await startAuditedNode(t, { chain });
  let read = 0;
  let released = 0;
  node.readHistory(
    async function* (held, range) {
      // The same events over and over: more than all buffers on the way hold.
      for (let round = 0; round < 100; round++) {
        for await (const events of held.history(range)) {
          read += events.length;
          yield events;
        }
      }
    },
    () => released++,
  );
  const { port } = new URL(node.url);
  const socket = connect({ port: Number(port), host: "127.0.0.1" });
  socket.pause();
  socket.write("GET /audit/changes HTTP/1.1\r\nhost: localhost\r\naccept: text/csv\r\n\r\n");
  let before = -1;
  while (read === 0 || read !== before) {
    before = read;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  assert(read < 100 * 2_000, `all of it was made for a reader that takes nothing: ${read}`);
  // The node goes on meanwhile: it waits for no reader.
  await node.mine({ do: "attribute", identity: 1, value: 1, validTo: 4e9 });
  assert.equal(node.node.index.asOf()?.number, chain.tip.number);
  assert.equal(released, 0);
  socket.destroy();
  await once(socket, "close");
  while (released === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(node.faults, []);
});

test("only so many questions are answered at once, and each gives its place back", async (t) => {
  const node = await startAuditedNode(t, { first: [{ do: "type", type: 0 }] });
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  node.readHistory(async function* (held, range) {
    await opened;
    yield* held.history(range);
  });
  const asked = Array.from({ length: 9 }, () => node.get("/audit/changes"));
  assert.equal((await Promise.race(asked)).status, 503, "the ninth");
  open();
  const statuses = await Promise.all(asked.map(async (one) => (await one).status));
  assert.deepEqual(statuses.sort(), [...Array(8).fill(200), 503]);
  for (let more = 0; more < 20; more++) assert.equal((await node.get("/audit/changes")).status, 200);
});

test("what a parameter may not be is refused by its name", async (t) => {
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
  ]) {
    const { code, detail } = await node.json(`/audit/changes?${query}`, 400);
    assert.equal(code, "AUDIT_PARAMETER", query);
    assert.match(detail, /wanted|missing/, query);
  }
  assert.equal((await node.get("/audit/changes?limit=5", JSONL)).status, 400, "an export has no pages");
  assert.equal((await node.get("/audit/changes", { accept: "text/html" })).status, 406);
  assert.deepEqual(node.faults, []);
});
