import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeRegistryLog } from "../../../resolver/registry-event.ts";
import { dateTime } from "../../../resolver/resolution/resolve.ts";
import { type Block, simulatedList } from "../../helpers/chain-simulator.ts";
import { runs } from "../../helpers/property.ts";
import { REGISTRIES } from "../../helpers/simulated-events.ts";
import { anyBlock } from "../../helpers/simulated-writes.ts";
import { ISSUER, status } from "../lists/served-node.ts";
import { expectHeads, LIST, TYPE } from "./audited-issuer.ts";
import { startAuditedNode } from "./audited-node.ts";

test("over random histories and reorganisations the status of an index follows from the chain's logs, at any block and time", async () => {
  const bits = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3));
  const change = fc.record({
    drop: fc.constantFrom(0, 0, 0, 1, 3),
    own: fc.option(fc.record({ word: fc.nat(1), bits })),
    others: anyBlock,
  });
  const property = fc.asyncProperty(
    fc.array(change, { minLength: 2, maxLength: 20 }),
    fc.nat(),
    async (changes, pick) => {
      const ends: (() => Promise<void>)[] = [];
      const node = await startAuditedNode(
        { after: (end) => void ends.push(end) },
        { first: [{ do: "list", identity: 1, list: 0 }] },
      );
      let depth = 0;
      for (const { drop, own, others } of changes) {
        node.chain.dropBlocks(Math.min(drop, depth));
        depth -= Math.min(drop, depth);
        while (node.chain.tip.number < (node.node.index.asOf()?.number ?? 0)) {
          node.chain.mine();
          depth++;
        }
        await node.mine(...(own === null ? [] : [status(own.word, own.bits)]), ...others);
        depth++;
      }
      const created = node.chain.branch.findIndex(({ logs }) => logs.length > 0);
      const at = node.chain.branch[created + (pick % (node.chain.branch.length - created))] as Block;
      const list = simulatedList(1, 0);
      for (const index of [0, 1, 2, 3, 256, 257, 258, 259]) {
        const [word, bit] = [Math.floor(index / 256), index % 256];
        let [revoked, suspended, madeSo] = [false, false, null as string | null];
        const said = () => (revoked ? "revoked" : suspended ? "suspended" : "valid");
        for (const log of node.chain.branch.slice(0, at.number + 1).flatMap(({ logs }) => logs)) {
          const found = decodeRegistryLog(log, 0, REGISTRIES);
          if (found?.kind !== "list" || found.id !== list || found.event.type !== "changed") continue;
          const before = said();
          for (const { word: of, revoke, suspend, reinstate } of found.event.changes) {
            const has = (mask: bigint) => of === word && ((mask >> BigInt(bit)) & 1n) === 1n;
            revoked ||= has(revoke);
            suspended = (suspended || has(suspend)) && !has(reinstate);
          }
          if (said() !== before) madeSo = log.transactionHash;
        }
        for (const asOf of [String(at.number), dateTime(at.time), dateTime(at.time + 1)]) {
          // A second after the newest block is yet to come: the clock stands at that block.
          if (at === node.chain.tip && asOf === dateTime(at.time + 1)) continue;
          const answer = await node.json(`/audit/status/${LIST}/${index}?asOf=${asOf}`);
          assert.deepEqual([answer.revoked, answer.suspended, answer.status], [revoked, suspended, said()]);
          assert.equal(answer.madeSo?.transaction ?? null, madeSo);
          assert(answer.asOf.block <= at.number);
          expectHeads(node, at, { heads: [answer.head] });
        }
      }
      for (const end of ends) await end();
    },
  );
  await fc.assert(property, runs(10));
});

test("a list, an index or a subject that was not there yet is an absence as of that block", async (t) => {
  const node = await startAuditedNode(t, { first: [{ do: "type", type: 0 }] });
  const before = node.chain.tip.number;
  await node.mine({ do: "list", identity: 1, list: 0 });
  assert.equal((await node.json(`/audit/status/${LIST}/0`)).status, "valid");
  for (const path of [
    `/audit/status/${LIST}/0?asOf=${before}`,
    `/audit/status/${LIST}/131072`,
    `/audit/status/${ISSUER}/1/0`,
    `/audit/writers/list/${simulatedList(1, 0)}?asOf=${before}`,
    `/audit/writers/grant/${TYPE}`,
    `/audit/changes/x`,
    `/audit/status/${LIST}/0?asOf=0`,
    "/nothing",
  ]) {
    assert.match((await node.json(path, 404)).code, /^AUDIT_NOT_FOUND|NO_ROUTE$/, path);
  }
  for (const path of [
    `/audit/status/${LIST}/x`,
    `/audit/status/${LIST}/1048576`,
    `/audit/status/${ISSUER.toUpperCase()}/0/0`,
    `/audit/status/${ISSUER}/${2n ** 256n}/0`,
    `/audit/status/${ISSUER}/00/0`,
    `/audit/writers/lists/${simulatedList(1, 0)}`,
    "/audit/writers/did/%zz",
  ]) {
    assert.equal((await node.json(path, 400)).code, "AUDIT_PARAMETER", path);
  }
  assert.deepEqual(node.faults, []);
});
