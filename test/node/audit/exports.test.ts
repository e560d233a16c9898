import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import type { Change } from "../../../node/audit/changes/change.ts";
import { csvLine } from "../../../node/audit/changes/csv.ts";
import { ChainSimulator } from "../../helpers/chain-simulator.ts";
import { startAuditedNode } from "./audited-node.ts";

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
      // The same events repeatedly, more than all buffers on the way can hold.
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
  // The grants were read from another snapshot before.
  const others = released;
  assert(read < 100 * 2_000, `all of it was made for a reader that takes nothing: ${read}`);
  // The node continues meanwhile, and does not wait for the client.
  await node.mine({ do: "attribute", identity: 1, value: 1, validTo: 4e9 });
  assert.equal(node.node.index.asOf()?.number, chain.tip.number);
  assert.equal(released, others);
  socket.destroy();
  await once(socket, "close");
  while (released === others) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(node.faults, []);
});

test("at most eight questions are answered at a time, and each frees its place", async (t) => {
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
