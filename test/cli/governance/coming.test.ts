import assert from "node:assert/strict";
import { test } from "node:test";
import { Interface, ZeroHash } from "ethers";
import { callInWords, comingFaults } from "../../../cli/governance/coming.ts";
import { timelockAbi, trustRegistryAbi } from "../../../resolver/abi.ts";
import type { Deployment } from "../../../resolver/index.ts";

const address = (byte: string): `0x${string}` => `0x${byte.repeat(20)}`;
const [TIMELOCK, TRUST, ELSEWHERE] = ["a1", "b2", "c3"].map(address) as [`0x${string}`, `0x${string}`, `0x${string}`];
const deployment = {
  timelock: { address: TIMELOCK },
  recovery: { address: address("d4") },
  seat: { address: address("e5") },
  registries: { trust: { address: TRUST } },
} as Deployment;
const trust = new Interface(trustRegistryAbi);
const timelock = new Interface(timelockAbi);
const question = { deployment, expected: {}, governance: undefined };
const call = (target: `0x${string}`, data: string, value = "0") => ({ target, data: data as `0x${string}`, value });
const isFault = (one: ReturnType<typeof call>) =>
  comingFaults(
    [{ operation: ZeroHash as `0x${string}`, timelock: TIMELOCK, readyAt: 5, predecessor: null, calls: [one] }],
    question,
  ).length > 0;
const type = trust.encodeFunctionData("addType", ["urn:a", "urn:s", ZeroHash]);

test("what nobody can read, moves value or goes to another contract is a fault, and a type that comes is none", () => {
  assert(!isFault(call(TRUST, type)));
  assert(isFault(call(TRUST, type, "1")));
  assert(isFault(call(ELSEWHERE, type)));
  assert(isFault(call(TIMELOCK, type)));
  assert(isFault(call(TRUST, "0x")));
  assert(isFault(call(TRUST, "0x12345678")));
  assert(isFault(call(TRUST, type.slice(0, 100))));
  assert(isFault(call(TIMELOCK, timelock.encodeFunctionData("updateDelay", [5]))));
});

test("every call of an operation is judged", () => {
  const calls = [call(TRUST, type), call(ELSEWHERE, "0x"), call(TRUST, type), call(ELSEWHERE, "0x01", "7")];
  const operation = { operation: ZeroHash as `0x${string}`, timelock: TIMELOCK, readyAt: 5, predecessor: null, calls };
  assert.deepEqual(
    comingFaults([operation], question).map((fault) => fault.call),
    [`${ELSEWHERE} with data 0x`, `${ELSEWHERE} with data 0x01 with 7 wei`],
  );
});

test("a call's words show text of strangers quoted and without control characters", () => {
  const data = trust.encodeFunctionData("addType", ["urn:\u001b[2Jx", "urn:s", ZeroHash]);
  assert.equal(callInWords(call(TRUST, data), deployment), `trust.addType("urn:\\u001b[2Jx", "urn:s", ${ZeroHash})`);
});
