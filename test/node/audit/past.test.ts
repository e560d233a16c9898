import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { newKey, signerOf } from "../../../node/issuing/key-file.ts";
import type { Hex } from "../../../resolver/primitives/hex.ts";
import { keccak256Text } from "../../../resolver/primitives/keccak.ts";
import { decodeRegistryLog, type SubjectKind } from "../../../resolver/registry-event.ts";
import { dateTime } from "../../../resolver/resolution/resolve.ts";
import {
  type Block,
  type SimulatedWrite,
  simulatedGrant,
  simulatedIdentity,
  simulatedList,
} from "../../helpers/chain-simulator.ts";
import { runs } from "../../helpers/property.ts";
import { REGISTRIES, SEAT, TIMELOCK } from "../../helpers/simulated-events.ts";
import { anyBlock } from "../../helpers/simulated-writes.ts";
import { DID, ISSUER, publish, status } from "../lists/served-node.ts";
import { FOUNDING, startAuditedNode } from "./audited-node.ts";

const LIST = `${ISSUER}/0`;
const TYPE = keccak256Text("https://types.example/0");
const signer = signerOf(newKey(DID, "ES256"));
const KEY = signer.keyId.split("#")[1];

interface Heads {
  readonly heads: readonly { registry: Hex; subject: Hex; head: Hex; block: number }[];
}

/** Fails unless each head of an answer is what the registry's storage held at a block, and at that of its own event. */
function expectHeads(node: Awaited<ReturnType<typeof startAuditedNode>>, at: Block, { heads }: Heads): void {
  for (const { registry, subject, head, block } of heads) {
    const kinds: SubjectKind[] =
      registry === REGISTRIES.did ? ["did"] : registry === REGISTRIES.trust ? ["grant", "type"] : ["list"];
    const id: Hex = registry === REGISTRIES.did ? `0x${subject.slice(26)}` : subject;
    for (const one of [at, node.chain.branch[block] as Block]) {
      const held = kinds.map((kind) => node.chain.headOf({ kind, id }, one));
      assert(held.includes(head), `${id} at ${one.number}`);
    }
  }
}

test("over random histories and reorgs an index's status is what the chain's own words were at any block and time", async () => {
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

/** The issuer is accredited by a root, and signs; its key is revoked, and its grant withdrawn, later. */
const FIRST: readonly SimulatedWrite[] = [
  { do: "type", type: 0 },
  { do: "grant", identity: 0, type: 0, parent: null },
  { do: "accept", identity: 0, type: 0, number: 0 },
  { do: "grant", identity: 1, type: 0, parent: 0 },
  { do: "accept", identity: 1, type: 0, number: 0 },
  { do: "list", identity: 1, list: 0 },
  publish(signer),
];

test("what was known at a time, and what is known now of that time, are different answers, each with its heads", async (t) => {
  const node = await startAuditedNode(t, { first: FIRST });
  await node.mine();
  const issued = node.chain.tip;
  const at = dateTime(issued.time);
  await node.mine(status(0, [7, 9, 11]));
  const suspended = node.chain.tip;
  await node.mine();
  await node.mine({ do: "withdraw", identity: 0, type: 0, number: 0, from: 1_650_000_000 });
  const withdrawn = node.chain.tip;
  await node.mine(publish(signer, 0));
  const revoked = node.chain.tip;
  const ask = async (index: number, asOf: string) => {
    const question = `issuer=${DID}&key=${KEY}&type=${TYPE}&at=${at}&list=${LIST}&index=${index}`;
    return node.json(`/audit/trust?${question}${asOf === "" ? "" : `&asOf=${asOf}`}`);
  };
  for (const [index, block, verdict, reason] of [
    [3, issued, "valid", undefined],
    [7, issued, "valid", undefined],
    [3, suspended, "valid", undefined],
    [7, suspended, "invalid", "revoked"],
    [9, suspended, "invalid", "suspended"],
    [3, withdrawn, "invalid", "notAccredited"],
    [3, revoked, "invalid", "keyRevoked"],
  ] as const) {
    for (const asOf of [String(block.number), dateTime(block.time)]) {
      const answer = await ask(index, asOf);
      assert.deepEqual([answer.verdict, answer.reason], [verdict, reason], `${index} as of ${asOf}`);
      assert.equal(answer.at, at);
      // Root, issuer and their two grants, and the list; a DID that nobody wrote has no head.
      assert.equal(answer.heads.length, 4);
      expectHeads(node, block, answer);
    }
  }
  assert.equal((await ask(3, "")).reason, "keyRevoked");
  const [change] = (await ask(7, "")).changes;
  assert.equal(change.transaction, suspended.logs[0]?.transactionHash);
  // Of a moment of the past, nothing can have been issued after it.
  const early = await ask(3, dateTime(issued.time - 2));
  assert.equal(early.verdict, "valid", "clocks may differ by a minute");
  assert.deepEqual(node.faults, []);
});

test("a trust question has all that it needs, and nothing else", async (t) => {
  const node = await startAuditedNode(t, { first: FIRST });
  const question = `issuer=${ISSUER}&key=${KEY}&type=${TYPE}&at=${dateTime(node.chain.tip.time)}`;
  assert.equal((await node.json(`/audit/trust?${question}`)).verdict, "valid", "without a status");
  for (const query of [
    "",
    question.replace(/issuer=[^&]*&/, ""),
    question.replace(/key=[^&]*/, "key=a%20b"),
    question.replace(/type=[^&]*/, "type=0x12"),
    question.replace(/&at=.*/, ""),
    `${question}&list=${LIST}`,
    `${question}&index=1`,
    `${question}&list=1/0&index=1`,
    `${question}&list=${LIST}&index=-1`,
    `${question}&asOf=latest`,
    `${question}&asOf=${dateTime(node.chain.tip.time + 1_000)}`,
  ]) {
    assert.equal((await node.json(`/audit/trust?${query}`, 400)).code, "AUDIT_PARAMETER", query);
  }
  assert.equal((await node.json(`/audit/trust?${question}&asOf=99999`, 503)).code, "UNAVAILABLE", "a block to come");
  const absent = await node.json(`/audit/trust?${question}&list=${ISSUER}/5&index=1`);
  assert.deepEqual([absent.verdict, absent.reason], ["invalid", "unknownList"]);
});

test("a moment between the newest block and now is answered as of that block, and says so", async (t) => {
  const node = await startAuditedNode(t, { first: [...FOUNDING, ...FIRST] });
  await node.mine(status(0, [7, 9, 11]));
  for (let blocks = 0; blocks < 3; blocks++) await node.mine();
  const { tip } = node.chain;
  node.state.now = tip.time + 100;
  const at = dateTime(tip.time + 100);
  const newest = { block: tip.number, hash: tip.hash, time: dateTime(tip.time), finalized: false };

  const listed = await node.json(`/audit/status/${LIST}/7?asOf=${at}`);
  assert.deepEqual([listed.status, listed.asOf, listed.at], ["revoked", newest, at]);
  for (const subject of [`did/${ISSUER}`, `type/${TYPE}`]) {
    const { asOf, writers } = await node.json(`/audit/writers/${subject}?asOf=${at}`);
    const { writers: now } = await node.json(`/audit/writers/${subject}`);
    assert.deepEqual([asOf, writers], [newest, now], subject);
  }
  const judged = await node.json(`/audit/trust?issuer=${ISSUER}&key=${KEY}&type=${TYPE}&at=${at}&asOf=${at}`);
  assert.deepEqual([judged.verdict, judged.asOf], ["valid", newest]);

  const ahead = await node.json(`/audit/status/${LIST}/7?asOf=${dateTime(tip.time + 101)}`, 400);
  assert.equal(ahead.code, "AUDIT_PARAMETER", "a moment to come");
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

test("every status delegate could have written, however many the contract allows", async (t) => {
  const node = await startAuditedNode(t, { first: [...FOUNDING, ...FIRST] });
  const validTo = node.chain.tip.time + 100;
  const delegates = Array.from({ length: 1_024 }, (_, at) => 1_000 + at);
  await node.mine(...delegates.map((value) => ({ do: "statusDelegate", identity: 1, value, validTo }) as const));
  const { writers } = await node.json(`/audit/writers/list/${simulatedList(1, 0)}`);
  assert.deepEqual(
    writers.slice(1).map(({ account }: { account: Hex }) => account),
    delegates.map(simulatedIdentity),
  );
});

test("a delegate who may only suspend is told apart from one who may change every status", async (t) => {
  const node = await startAuditedNode(t, { first: [...FOUNDING, ...FIRST] });
  const validTo = node.chain.tip.time + 100;
  await node.mine(
    { do: "suspendDelegate", identity: 1, value: 5, validTo },
    { do: "statusDelegate", identity: 1, value: 5, validTo },
    { do: "suspendDelegate", identity: 1, value: 6, validTo },
    { do: "suspendDelegate", identity: 1, value: 7, validTo: 0 },
  );
  const { writers } = await node.json(`/audit/writers/list/${simulatedList(1, 0)}`);
  assert.deepEqual(
    writers.slice(1).map(({ account, may }: { account: Hex; may: string[] }) => [account, may]),
    [
      [simulatedIdentity(5), ["suspend"]],
      [simulatedIdentity(5), ["update", "checkpoint"]],
      [simulatedIdentity(6), ["suspend"]],
    ],
  );
});

test("who could have written is told by the contracts' rules: owners, delegates while valid, roles", async (t) => {
  const node = await startAuditedNode(t, { first: [...FOUNDING, ...FIRST] });
  const [owner, delegate] = [simulatedIdentity(4), simulatedIdentity(5)];
  const start = node.chain.tip;
  await node.mine({ do: "statusDelegate", identity: 1, value: 5, validTo: start.time + 100 });
  const delegated = node.chain.tip;
  await node.mine({ do: "owner", identity: 1, value: 4 });
  const handed = node.chain.tip;
  await node.mine({ do: "close", identity: 1, list: 0 });
  await node.mine({ do: "deactivate", identity: 1 });
  const list = simulatedList(1, 0);
  const writers = async (path: string, asOf: number | string) => {
    const answer = await node.json(`/audit/writers/${path}?asOf=${asOf}`);
    return answer.writers.map(({ account, as }: { account: Hex; as: string }) => [account, as]);
  };
  assert.deepEqual(await writers(`list/${list}`, start.number), [[ISSUER, "owner"]]);
  assert.deepEqual(await writers(`list/${list}`, delegated.number), [
    [ISSUER, "owner"],
    [delegate, "delegate"],
  ]);
  assert.deepEqual(await writers(`list/${list}`, handed.number), [
    [owner, "owner"],
    [delegate, "delegate"],
  ]);
  assert.deepEqual(await writers(`list/${list}`, node.chain.tip.number), [[owner, "lastOwner"]]);
  assert.deepEqual(await writers(`did/${DID}`, delegated.number), [[ISSUER, "owner"]]);
  assert.deepEqual(await writers(`did/${ISSUER}`, handed.number), [[owner, "owner"]]);
  assert.deepEqual(await writers(`did/${ISSUER}`, node.chain.tip.number), [], "deactivated: nobody any more");
  assert.deepEqual(await writers(`did/${simulatedIdentity(70)}`, start.number), [[simulatedIdentity(70), "owner"]]);
  assert.deepEqual(await writers(`type/${TYPE}`, start.number), [
    [TIMELOCK, "roots"],
    [TIMELOCK, "admin"],
    [SEAT, "proposer"],
    [simulatedIdentity(20), "seatHolder"],
  ]);
  assert.deepEqual(
    await writers(
      `grant/${simulatedGrant({ identity: 1, type: 0, parent: simulatedGrant({ identity: 0, type: 0 }) })}`,
      handed.number,
    ),
    [
      [owner, "owner"],
      [simulatedIdentity(0), "owner"],
      [SEAT, "council"],
      [TIMELOCK, "admin"],
      [SEAT, "proposer"],
      [simulatedIdentity(20), "seatHolder"],
    ],
  );
  const answer = await node.json(`/audit/writers/list/${list}?asOf=${handed.number}`);
  expectHeads(node, handed, answer);
  assert.deepEqual(answer.writers[0].may, ["update", "checkpoint", "close"]);
  const closed = await node.json(`/audit/writers/list/${list}?asOf=${handed.number + 1}`);
  assert.deepEqual(closed.writers[0].may, ["update", "checkpoint"]);
  while (node.chain.tip.time <= start.time + 101) await node.mine();
  await node.mine(
    { do: "list", identity: 2, list: 0 },
    { do: "statusDelegate", identity: 2, value: 5, validTo: start.time + 100 },
  );
  const other = await node.json(`/audit/writers/list/${simulatedList(2, 0)}`);
  assert.equal(other.writers.length, 1, "its validity is over");
});
