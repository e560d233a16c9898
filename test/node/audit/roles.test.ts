import assert from "node:assert/strict";
import { test } from "node:test";
import { ROLES } from "../../../node/governance/roles.ts";
import type { Address } from "../../../resolver/primitives/hex.ts";
import { keccak256Text } from "../../../resolver/primitives/keccak.ts";
import { dateTime } from "../../../resolver/resolution/resolve.ts";
import { type SimulatedWrite, simulatedIdentity } from "../../helpers/chain-simulator.ts";
import type { Fault } from "../../helpers/faulty-reader.ts";
import { REGISTRIES, SEAT, simulatedGrant, TIMELOCK } from "../../helpers/simulated-events.ts";
import { FOUNDING, startAuditedNode } from "./audited-node.ts";

const TYPE = keccak256Text("https://types.example/0");
const PATH = `/audit/writers/type/${TYPE}`;
const first: SimulatedWrite[] = [...FOUNDING, { do: "type", type: 0 }];
const NEXT = simulatedIdentity(21);
const proposer = (account: number | Address, take = false): SimulatedWrite => {
  return { do: "role", of: "timelock", role: ROLES.timelock.proposer, account, take };
};

interface Writer {
  account: string;
  as: string;
  of: string;
  since: { block: number; transaction: string };
}
const namesOf = (writers: Writer[]) => writers.filter(({ as }) => as === "proposer").map(({ account }) => account);

test("who held a role of governance is told as of any block and moment, with the event that gave it", async (t) => {
  const node = await startAuditedNode(t, { first });
  const start = node.chain.tip;
  await node.mine();
  await node.mine(proposer(21));
  const both = node.chain.tip;
  await node.mine(proposer(SEAT, true));
  const one = node.chain.tip;
  // Neither another role of the contract, nor the same of another one.
  await node.mine({ do: "role", of: "timelock", role: ROLES.timelock.canceller, account: 22 });
  await node.mine({ do: "role", role: ROLES.timelock.proposer, account: 22 });
  const at = async (asOf?: number | string): Promise<Writer[]> =>
    (await node.json(asOf === undefined ? PATH : `${PATH}?asOf=${asOf}`)).writers;
  for (const [block, wanted] of [
    [start, [SEAT]],
    [both, [SEAT, NEXT]],
    [one, [NEXT]],
    [node.chain.tip, [NEXT]],
  ] as const) {
    assert.deepEqual(namesOf(await at(block.number)), wanted);
    assert.deepEqual(namesOf(await at(dateTime(block.time))), wanted);
  }
  assert.deepEqual(namesOf(await at(both.number - 1)), [SEAT], "though nothing of the index changed since");
  const writers = await at();
  assert.deepEqual(namesOf(writers), [NEXT]);
  const { of, since } = writers.find(({ as }) => as === "proposer") ?? assert.fail();
  assert.equal(of, TIMELOCK);
  assert.equal(since.transaction, both.logs[0]?.transactionHash);
  assert.equal(since.block, both.number);
  assert.deepEqual([writers[0]?.account, writers[0]?.as, writers[0]?.of], [TIMELOCK, "roots", REGISTRIES.trust]);
  assert.deepEqual(node.faults, []);
});

test("the holder of the council's seat is named as of any block and moment, for what the seat does itself and what it proposes", async (t) => {
  const node = await startAuditedNode(t, { first: [...first, { do: "grant", identity: 1, type: 0, parent: null }] });
  const start = node.chain.tip;
  await node.mine();
  await node.mine({ do: "holder", account: 21, previous: 20 });
  const replaced = node.chain.tip;
  const grant = simulatedGrant({ identity: 1, type: 0 });
  for (const path of [PATH, `/audit/writers/grant/${grant}`]) {
    const at = async (asOf: number | string): Promise<Writer[]> =>
      (await node.json(`${path}?asOf=${asOf}`)).writers.filter(({ as }: Writer) => as === "seatHolder");
    for (const [block, wanted] of [
      [start, simulatedIdentity(20)],
      [replaced, NEXT],
    ] as const) {
      for (const asOf of [block.number, dateTime(block.time)]) {
        const holders = await at(asOf);
        assert.deepEqual(
          holders.map(({ account, of, since }) => [account, of, since.block]),
          [[wanted, SEAT, block.number]],
        );
      }
    }
    const [before] = await at(replaced.number - 1);
    assert.equal(before?.account, simulatedIdentity(20));
  }

  // With another proposer than the seat, the seat's holder could do nothing.
  await node.mine(proposer(SEAT, true), proposer(22));
  const { writers } = await node.json(PATH);
  assert.deepEqual(
    writers.map(({ account, as }: Writer) => [account, as]),
    [
      [TIMELOCK, "roots"],
      [TIMELOCK, "admin"],
      [simulatedIdentity(22), "proposer"],
    ],
  );
  assert.deepEqual(node.faults, []);
});

test("events of blocks that stay are read once; those of a branch that was left are forgotten", async (t) => {
  const node = await startAuditedNode(t, { first });
  let lowest = Number.POSITIVE_INFINITY;
  const { logs } = node.chain;
  node.chain.logs = (filter) => {
    if ("fromBlock" in filter && filter.subject !== undefined) lowest = Math.min(lowest, filter.fromBlock);
    return logs.call(node.chain, filter);
  };
  for (let blocks = 0; blocks < 20; blocks++) await node.mine();
  assert.deepEqual(namesOf((await node.json(PATH)).writers), [SEAT]);
  assert.equal(lowest, 0);
  await node.mine(proposer(21));
  lowest = Number.POSITIVE_INFINITY;
  assert.deepEqual(namesOf((await node.json(PATH)).writers), [SEAT, NEXT]);
  assert(lowest > 5, `read from ${lowest}`);
  node.chain.dropBlocks(1);
  await node.mine();
  await node.mine();
  assert.deepEqual(namesOf((await node.json(PATH)).writers), [SEAT]);
});

test("a chain that can't be asked, lags or lost the events is 503, never nobody; other subjects need no chain", async (t) => {
  let fault: Fault | undefined;
  const node = await startAuditedNode(t, { first, fault: () => fault });
  for (let blocks = 0; blocks < 5; blocks++) await node.mine();
  for (const one of ["down", "garbage", "old tip"] as const) {
    fault = one;
    const { code, detail } = await node.json(PATH, 503);
    assert.equal(code, "UNAVAILABLE", one);
    assert.match(detail, /^Who held the role roots could not be read from the chain: ask again later$/);
    assert.equal((await node.json(`/audit/writers/did/${NEXT}`)).writers.length, 1);
  }
  fault = "small ranges";
  assert.deepEqual(namesOf((await node.json(PATH)).writers), [SEAT]);
  assert.deepEqual(node.faults, []);

  // A contract whose events are not there: somebody was given each role when it was made.
  const pruned = await startAuditedNode(t, { first: [{ do: "type", type: 0 }] });
  assert.equal((await pruned.json(PATH, 503)).code, "UNAVAILABLE");
});
