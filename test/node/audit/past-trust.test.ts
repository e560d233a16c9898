import assert from "node:assert/strict";
import { test } from "node:test";
import { dateTime } from "../../../resolver/resolution/resolve.ts";
import { DID, ISSUER, publish, status } from "../lists/served-node.ts";
import { expectHeads, FIRST, KEY, LIST, signer, TYPE } from "./audited-issuer.ts";
import { FOUNDING, startAuditedNode } from "./audited-node.ts";

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
    `${question}&list=${ISSUER}/${2n ** 256n}&index=1`,
    `${question}&list=${ISSUER}/${"9".repeat(78)}&index=1`,
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
