import assert from "node:assert/strict";
import { test } from "node:test";
import { RpcError } from "../../../../resolver/chain/rpc/rpc.ts";
import { ChainDataError } from "../../../../resolver/errors.ts";
import { REGISTRY } from "../../../helpers/chain-simulator.ts";
import { down, failingServers, up } from "./failing-servers.ts";

test("one server is asked as long as it answers, then the next, each verified first and again after it failed", async () => {
  const state = failingServers(2);
  const { reader, does, asked } = state;
  await reader.chainId();
  await reader.chainId();
  assert.deepEqual(asked(), ["verify 0", "ask 0", "ask 0"]);
  does[0] = down;
  await reader.chainId();
  await reader.chainId();
  assert.deepEqual(asked(), ["ask 0", "verify 1", "ask 1", "ask 1"]);
  Object.assign(does, [up, down]);
  state.now = 100;
  await reader.chainId();
  assert.deepEqual(asked(), ["ask 1", "verify 0", "ask 0"]);
});

test("when none answers, each was asked once and the last one's error is thrown", async () => {
  const { reader, does, asked } = failingServers(3);
  does.fill(down);
  await assert.rejects(reader.chainId(), { kind: "timeout" });
  assert.deepEqual(asked(), ["verify 0", "verify 1", "verify 2"]);
});

test("when all are left alone, each is asked nevertheless, the one with the shortest wait first", async () => {
  const state = failingServers(2);
  const { reader, does, asked } = state;
  does[0] = down;
  await reader.chainId();
  state.now = 50;
  does[1] = down;
  await assert.rejects(reader.chainId());
  asked();
  await assert.rejects(reader.chainId());
  assert.deepEqual(asked(), ["verify 0", "verify 1"]);
  does[1] = up;
  assert.equal(await reader.chainId(), 31_337);
  assert.deepEqual(asked(), ["verify 0", "verify 1", "ask 1"]);
  await reader.chainId();
  assert.deepEqual(asked(), ["ask 1"], "its answer ended its pause");
});

test("whatever is thrown while a server is asked is that server's fault, and the next one is asked", async () => {
  for (const method of ["verify", "ask"]) {
    for (const thrown of [
      new RangeError("Maximum call stack size exceeded"),
      new TypeError("x is no function"),
      null,
    ]) {
      const { reader, does, asked, failures } = failingServers(2);
      does[0] = async (asked) => {
        if (asked === method) throw thrown;
      };
      assert.equal(await reader.chainId(), 31_337);
      assert.deepEqual(asked().slice(-2), ["verify 1", "ask 1"]);
      assert.deepEqual(
        failures.map(({ url, kind }) => [url, kind]),
        [[0, "data"]],
      );
    }
  }
});

test("an answer that breaks the format is a failure, and the next server is asked", async () => {
  const { reader, does, failures, asked } = failingServers(2);
  does[0] = async () => {
    throw new ChainDataError("no number");
  };
  await reader.chainId();
  assert.deepEqual(asked(), ["verify 0", "verify 1", "ask 1"]);
  assert.deepEqual(failures[0]?.kind, "data");
});

test("a server that refuses a range for its size is not left alone for it; one that refuses a single block is", async () => {
  const { reader, does, asked, failures } = failingServers(2);
  await reader.chainId();
  asked();
  does[0] = async (method) => {
    if (method === "logs") throw new RpcError("eth_getLogs", { code: -32_005, message: "limit exceeded" });
  };
  await assert.rejects(reader.logs({ addresses: [REGISTRY], fromBlock: 0, toBlock: 1 }), RpcError);
  await reader.logs({ addresses: [REGISTRY], fromBlock: 1, toBlock: 1 });
  assert.deepEqual(asked(), ["logs 0", "logs 0", "verify 1", "logs 1"]);
  assert.deepEqual(
    failures.map(({ kind, pause }) => [kind, pause]),
    [
      ["rpc", undefined],
      ["rpc", 100],
    ],
  );
});

test("a server that answers about a range with an error that a smaller range does not mend, or is not verified, is left alone", async () => {
  const tooMuch = new RpcError("eth_getLogs", { code: -32_005, message: "limit exceeded" });
  for (const [method, error] of [
    ["logs", new ChainDataError("no logs")],
    ["verify", tooMuch],
  ] as const) {
    const { reader, does, asked } = failingServers(2);
    does[0] = async (asked) => {
      if (asked === method) throw error;
    };
    await reader.logs({ addresses: [REGISTRY], fromBlock: 0, toBlock: 1 });
    assert.deepEqual(asked().slice(-2), ["verify 1", "logs 1"], method);
  }
});

test("a server that fails again and again is left alone for twice as long each time, up to a bound", async () => {
  const state = failingServers(2);
  const { does, poll, failures } = state;
  does[0] = down;
  for (let probes = 0; probes < 6; probes++) {
    await poll();
    state.now += failures.at(-1)?.pause ?? 0;
  }
  assert.deepEqual(
    failures.map(({ url, kind, pause }) => [url, kind, pause]),
    [100, 200, 400, 800, 800, 800].map((pause) => [0, "timeout", pause]),
  );
});

test("a server that was left alone is probed aside, and asked again from a question for the newest block on", async () => {
  const state = failingServers(2);
  const { reader, does, poll, asked } = state;
  does[0] = down;
  await reader.chainId();
  does[0] = up;
  asked();
  state.now = 99;
  await poll();
  assert.deepEqual(asked(), ["head 1"], "it is too early");
  state.now = 100;
  await poll();
  assert.deepEqual(asked().sort(), ["head 0", "head 1", "verify 0"]);
  await reader.chainId();
  assert.deepEqual(asked(), ["ask 1"], "the questions about a block go to one server");
  await poll();
  assert.deepEqual(asked(), ["head 0"]);
});

test("a probe without an answer delays no question, and is not repeated meanwhile", async () => {
  const state = failingServers(2);
  const { reader, does, poll, asked } = state;
  does[0] = down;
  await reader.chainId();
  let answer = () => {};
  does[0] = () => new Promise((resolve) => (answer = resolve));
  asked();
  state.now = 100;
  await poll();
  await poll();
  assert.deepEqual(asked().sort(), ["head 1", "head 1", "verify 0"]);
  does[0] = up;
  answer();
  await poll();
  asked();
  await poll();
  assert.deepEqual(asked(), ["head 0"]);
});

test("while the server that was asked last is left alone, the others are asked, and not probed aside as well", async () => {
  const state = failingServers(2);
  const { does, poll, asked } = state;
  does.fill(down);
  for (const now of [0, 100, 300]) {
    state.now = now;
    await assert.rejects(poll());
    assert.deepEqual(asked(), ["verify 0", "verify 1"], String(now));
  }
});

test("a server that failed is not probed while a preferred one answers", async () => {
  const state = failingServers(2);
  const { reader, does, poll, asked } = state;
  does.fill(down);
  await assert.rejects(reader.chainId());
  does.fill(up);
  state.now = 1_000;
  await reader.chainId();
  asked();
  await poll();
  assert.deepEqual(asked(), ["head 0"]);
});
