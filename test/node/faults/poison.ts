import type { Alter, Ask } from "./proxy.ts";

interface Filter {
  readonly blockHash?: string;
}

/**
 * Tells no logs, and of all blocks the roots that are right as of one: that before the first block that is asked for by its
 * hash, or that before the first log of all. What is told so fits together, and nothing of it is true.
 */
export function poison(): Alter {
  let base: string | undefined;
  return async ([method, params], _honest, ask) => {
    if (method === "eth_getLogs") {
      const { blockHash } = params[0] as Filter;
      base ??= blockHash === undefined ? await beforeFirstLog(ask, params[0]) : await parentOf(ask, blockHash);
      return base === undefined ? undefined : { result: [] };
    }
    if (method !== "eth_getStorageAt") return undefined;
    base ??= (params[2] as Required<Filter>).blockHash;
    const old = await ask(method, [params[0], params[1], { blockHash: base }]);
    // That block was reorganised away: it has to be another one.
    if ("error" in old) base = undefined;
    return "error" in old ? undefined : old;
  };
}

async function parentOf(ask: Ask, hash: string): Promise<string | undefined> {
  const block = await resultOf(ask("eth_getBlockByHash", [hash, false]));
  return (block as { parentHash: string } | null)?.parentHash;
}

async function beforeFirstLog(ask: Ask, filter: unknown): Promise<string | undefined> {
  const logs = await resultOf(ask("eth_getLogs", [{ ...(filter as object), fromBlock: "0x0", toBlock: "latest" }]));
  const [first] = logs as { blockHash: string }[];
  return first && parentOf(ask, first.blockHash);
}

async function resultOf(answer: ReturnType<Ask>): Promise<unknown> {
  const settled = await answer;
  return "result" in settled ? settled.result : null;
}
