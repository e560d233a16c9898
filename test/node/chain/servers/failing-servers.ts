import { failover } from "../../../../node/chain/servers/failover.ts";
import type { Failure } from "../../../../node/chain/servers/failure.ts";
import type { ChainReader } from "../../../../resolver/chain/chain-reader.ts";
import { RpcFailure } from "../../../../resolver/chain/rpc/rpc.ts";
import { NetworkMismatchError } from "../../../../resolver/errors.ts";
import { ChainSimulator } from "../../../helpers/chain-simulator.ts";

/** A server that answers. */
export const up = async () => {};
/** A server that does not answer. */
export const down = async () => {
  throw new RpcFailure("timeout", "no answer in time");
};
/** A server of another chain. */
export const foreign = async (method: string) => {
  if (method === "verify") throw new NetworkMismatchError("another chain");
};

/**
 * Servers of one chain, whose clock and behaviour a test sets, and what they were asked, by method and number. One that
 * fails is left alone for 100 ms, then for 200 ms, and so on up to 800 ms.
 */
export function failingServers(count: number, agreement = 2) {
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
      codes: asking("ask", (addresses) => chain.codes(addresses)),
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
    agreement,
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
