import assert from "node:assert/strict";
import { test } from "node:test";
import type { Hex } from "../../../resolver/primitives/hex.ts";
import { simulatedGrant, simulatedIdentity, simulatedList } from "../../helpers/chain-simulator.ts";
import { SEAT, TIMELOCK } from "../../helpers/simulated-events.ts";
import { DID, ISSUER } from "../lists/served-node.ts";
import { expectHeads, FIRST, TYPE } from "./audited-issuer.ts";
import { FOUNDING, startAuditedNode } from "./audited-node.ts";

test("possible writers follow the contracts' rules: owners, delegates while valid, roles", async (t) => {
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

test("a grant above that was withdrawn may change nothing below it any more, and the subject may still leave", async (t) => {
  const node = await startAuditedNode(t, { first: [...FOUNDING, ...FIRST] });
  const parent = simulatedGrant({ identity: 0, type: 0 });
  const child = simulatedGrant({ identity: 1, type: 0, parent });
  const may = async () => {
    const { writers } = await node.json(`/audit/writers/grant/${child}`);
    return writers
      .filter(({ as }: { as: string }) => as === "owner")
      .map(({ account, may: functions }: { account: Hex; may: string[] }) => [account, functions]);
  };
  const [own, ...above] = await may();
  assert.equal(own[0], ISSUER);
  assert(own[1].includes("withdraw"));
  assert.deepEqual(above, [[simulatedIdentity(0), ["withdraw", "extend"]]]);
  await node.mine({ do: "withdraw", identity: 0, type: 0, number: 0, from: node.chain.tip.time });
  assert.deepEqual(await may(), [[ISSUER, ["withdraw"]]]);
});

test("all 1 024 status delegates that the contract allows are possible writers", async (t) => {
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

test("a delegate that may only suspend is distinguished from one that may change every status", async (t) => {
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
