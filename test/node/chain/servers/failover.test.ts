import assert from "node:assert/strict";
import { test } from "node:test";
import { failover } from "../../../../node/chain/servers/failover.ts";
import type { Failure } from "../../../../node/chain/servers/failure.ts";
import { Backoff } from "../../../../node/runtime/backoff.ts";
import type { ChainReader } from "../../../../resolver/chain/chain-reader.ts";
import { RpcError, RpcFailure } from "../../../../resolver/chain/rpc/rpc.ts";
import {
  ChainDataError,
  HistoryIncompleteError,
  NetworkMismatchError,
  UnavailableError,
} from "../../../../resolver/errors.ts";
import { ChainSimulator, REGISTRY } from "../../../helpers/chain-simulator.ts";

const up = async () => {};
const down = async () => {
  throw new RpcFailure("timeout", "no answer in time");
};
const foreign = async (method: string) => {
  if (method === "verify") throw new NetworkMismatchError("another chain");
};

/**
 * Servers of one chain, whose clock and behaviour a test sets, and what they were asked, by method and number. One that
 * fails is left alone for 100 ms, then for 200 ms, and so on up to 800 ms.
 */
function servers(count: number) {
  const chain = new ChainSimulator();
  const steps: string[] = [];
  const state = { now: 0, does: Array.from({ length: count }, (): ((method: string) => Promise<void>) => up) };
  const failures: Failure[] = [];
  const readers = state.does.map((_, number): ChainReader => {
    const asking =
      <Arguments extends unknown[], T>(method: string, question: (...given: Arguments) => Promise<T>) =>
      async (...given: Arguments) => {
        steps.push(`${method} ${number}`);
        await state.does[number]?.(method);
        return question(...given);
      };
    return {
      chainId: asking("ask", () => chain.chainId()),
      header: asking("head", (block) => chain.header(block)),
      headers: asking("ask", (numbers) => chain.headers(numbers)),
      checkedHeaders: asking("ask", (blocks) => chain.checkedHeaders(blocks)),
      receiptLogs: asking("ask", (header) => chain.receiptLogs(header)),
      logs: asking("logs", (filter) => chain.logs(filter)),
      storage: asking("ask", (slots, hash) => chain.storage(slots, hash)),
      logsAndStorage: asking("ask", (addresses, slots, hash) => chain.logsAndStorage(addresses, slots, hash)),
      history: asking("ask", (query) => chain.history(query)),
      code: asking("ask", (address) => chain.code(address)),
    };
  });
  const reader = failover({
    readers,
    verify: async (one) => {
      const number = readers.indexOf(one);
      steps.push(`verify ${number}`);
      await state.does[number]?.("verify");
    },
    now: () => state.now,
    time: () => 0,
    random: () => 0.999_999,
    onFailure: (failure) => failures.push(failure),
    pauses: { first: 100, longest: 800 },
    agreement: 2,
  });
  return Object.assign(state, {
    chain,
    reader,
    failures,
    /** What was asked since this was called last. */
    asked: () => steps.splice(0),
    /** Asks for the newest block, and lets what is done aside go on. */
    async poll() {
      await reader.header("latest");
      await new Promise((resolve) => setImmediate(resolve));
    },
  });
}

test("one server is asked as long as it answers, then the next, each verified first and again after it failed", async () => {
  const state = servers(2);
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
  const { reader, does, asked } = servers(3);
  does.fill(down);
  await assert.rejects(reader.chainId(), { kind: "timeout" });
  assert.deepEqual(asked(), ["verify 0", "verify 1", "verify 2"]);
});

test("when all are left alone, each is asked all the same, the one whose time comes first before the others", async () => {
  const state = servers(2);
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
});

test("whatever is thrown while a server is asked is that server's fault, and the next one is asked", async () => {
  for (const method of ["verify", "ask"]) {
    for (const thrown of [
      new RangeError("Maximum call stack size exceeded"),
      new TypeError("x is no function"),
      null,
    ]) {
      const { reader, does, asked, failures } = servers(2);
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

test("a server that fails again and again is left alone for twice as long each time, up to a bound", async () => {
  const state = servers(2);
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

test("a server that was left alone is probed aside, and gone back to with a question for the newest block", async () => {
  const state = servers(2);
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

test("a probe that gets no answer keeps nobody waiting, and is not repeated meanwhile", async () => {
  const state = servers(2);
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

test("only an answer that held makes a server's failures forgotten", async () => {
  const state = servers(2);
  const { reader, poll, asked, failures } = state;
  const fail = async () => {
    reader.distrust(new HistoryIncompleteError("logs do not fold to the root"));
    asked();
    state.now += failures.at(-1)?.pause ?? 0;
    while (asked().at(-1) !== "head 0") await poll();
  };
  await poll();
  await fail();
  await poll();
  await fail();
  await poll();
  reader.trust();
  await fail();
  assert.deepEqual(
    failures.map(({ url, kind, pause }) => [url, kind, pause]),
    [100, 200, 100].map((pause) => [0, "history", pause]),
  );
});

test("a server without which the chain goes on is gone back to once it shows a later block, however well it answers before", async () => {
  const state = servers(2);
  const { reader, chain, poll, asked, failures } = state;
  const wait = async () => {
    state.now += failures.at(-1)?.pause ?? 0;
    await poll();
    asked();
    await poll();
    return asked();
  };
  await poll();
  reader.distrust(new UnavailableError("the chain goes on elsewhere"), chain.tip.number);
  await poll();
  assert.deepEqual(await wait(), ["head 1"]);
  assert.deepEqual(await wait(), ["head 1"]);
  // As a witness of a block that it has.
  state.now += 400;
  assert.equal(await reader.isConfirmed({ slots: [], block: chain.tip.hash, values: [] }), true);
  assert(asked().includes("ask 0"));
  assert.deepEqual(await wait(), ["head 1"]);
  chain.mine();
  assert.deepEqual(await wait(), ["head 0"]);
  assert.deepEqual(
    failures.map(({ url, kind, pause }) => [url, kind, pause]),
    [100, 200, 400, 800].map((pause) => [0, "absent", pause]),
  );
});

test("who finds that an answer can't be true is told whether there is another server to ask", () => {
  const { reader } = servers(2);
  const error = new HistoryIncompleteError("logs do not fold to the root");
  assert.equal(reader.distrust(error), true);
  assert.equal(servers(1).reader.distrust(error), false);
});

test("what breaks the format is a failure like another: the next server is asked", async () => {
  const { reader, does, failures, asked } = servers(2);
  does[0] = async () => {
    throw new ChainDataError("no number");
  };
  await reader.chainId();
  assert.deepEqual(asked(), ["verify 0", "verify 1", "ask 1"]);
  assert.deepEqual(failures[0]?.kind, "data");
});

test("a server of another chain is left alone with its reason, and asked nothing, as long as another one may be right", async () => {
  const { reader, does, failures, asked } = servers(2);
  Object.assign(does, [foreign, up]);
  await reader.chainId();
  assert.deepEqual(asked(), ["verify 0", "verify 1", "ask 1"]);
  assert.deepEqual(failures, [{ url: 0, kind: "network", reason: "another chain", pause: 100 }]);
  does[1] = down;
  await assert.rejects(reader.chainId(), { code: "UNAVAILABLE", kind: "timeout" });
});

test("when the last server asked is of another chain, and one that failed before may be right, nothing is decided", async () => {
  const { reader, does } = servers(2);
  Object.assign(does, [down, foreign]);
  await assert.rejects(reader.chainId(), { code: "UNAVAILABLE", message: /no answer in time/ });
});

test("when all servers are of another chain, that is said", async () => {
  const { reader, does, asked } = servers(2);
  does.fill(foreign);
  await assert.rejects(reader.chainId(), NetworkMismatchError);
  assert.deepEqual(asked(), ["verify 0", "verify 1"]);
});

test("a server whose chain was swapped is out when it is verified again; the only one is another chain", async () => {
  const { reader, does, asked } = servers(2);
  await reader.chainId();
  does[0] = foreign;
  await assert.rejects(reader.verify(), { code: "UNAVAILABLE", message: /another chain/ });
  asked();
  await reader.chainId();
  assert.deepEqual(asked(), ["verify 1", "ask 1"]);
  const alone = servers(1);
  await alone.reader.chainId();
  alone.does[0] = foreign;
  await assert.rejects(alone.reader.verify(), NetworkMismatchError);
});

test("a server that refuses a range for its size is not left alone for it; one that refuses a single block is", async () => {
  const { reader, does, asked, failures } = servers(2);
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

test("pauses double up to 2 s, differ by chance, and begin again after a success", () => {
  const shortest = new Backoff(() => 0);
  const longest = new Backoff(() => 0.999_999);
  const pauses = (backoff: Backoff) => Array.from({ length: 8 }, () => backoff.next());
  assert.deepEqual(pauses(shortest), [125, 250, 500, 1_000, 1_000, 1_000, 1_000, 1_000]);
  assert.deepEqual(pauses(longest), [250, 500, 1_000, 2_000, 2_000, 2_000, 2_000, 2_000]);
  shortest.reset();
  assert.equal(shortest.next(), 125);
});
