import type { Alter, Ask } from "./proxy.ts";

/** How many blocks a server lags behind. */
export const LAG = 5;

interface Block {
  readonly number: string;
}

interface Filter {
  readonly fromBlock?: string;
  readonly toBlock?: string;
  readonly blockHash?: string;
}

/** @param isBehind whether it is {@link LAG} blocks behind, asked for each look at its newest block. */
export function lagging(isBehind: () => boolean): Alter {
  return showing((newest) => (isBehind() ? newest - LAG : newest));
}

/** A server that has only the blocks of its first request. */
export function standing(): Alter {
  let at: number | undefined;
  return showing((newest) => {
    at ??= newest;
    return at;
  });
}

/**
 * A server that does not have the newest blocks: it shows an older one as the newest, and knows nothing of those after it.
 * Logs of a range are those that it has, as geth answers.
 *
 * @param headOf what it shows when a block is the newest, asked for each look at its newest block.
 */
function showing(headOf: (newest: number) => number): Alter {
  let head = Number.POSITIVE_INFINITY;
  return async ([method, params], honest, ask) => {
    const result = "result" in honest ? honest.result : null;
    switch (method) {
      case "eth_getBlockByNumber": {
        if (params[0] !== "latest") return Number(params[0]) > head ? { result: null } : undefined;
        const newest = await newestBlock(ask);
        head = headOf(newest);
        return head < newest ? ask(method, [hex(head), false]) : undefined;
      }
      case "eth_getBlockByHash":
        return result !== null && Number((result as Block).number) > head ? { result: null } : undefined;
      case "eth_getLogs": {
        const { blockHash, fromBlock, toBlock } = params[0] as Filter;
        if (blockHash !== undefined) return (await numberOf(ask, blockHash)) > head ? UNKNOWN_BLOCK : undefined;
        if (Number(toBlock) <= head) return undefined;
        if (Number(fromBlock) > head) return { result: [] };
        return ask(method, [{ ...(params[0] as Filter), toBlock: hex(head) }]);
      }
      case "eth_getStorageAt": {
        const { blockHash } = params[2] as { blockHash: string };
        return (await numberOf(ask, blockHash)) > head ? UNKNOWN_BLOCK : undefined;
      }
      default:
        return undefined;
    }
  };
}

const UNKNOWN_BLOCK = { error: { code: -32_000, message: "unknown block" } } as const;

async function newestBlock(ask: Ask): Promise<number> {
  return Number(await resultOf(ask("eth_blockNumber", [])));
}

/** A block that does not exist, or not any more, counts as above every head. */
async function numberOf(ask: Ask, hash: string): Promise<number> {
  const block = (await resultOf(ask("eth_getBlockByHash", [hash, false]))) as Block | null;
  return block === null ? Number.POSITIVE_INFINITY : Number(block.number);
}

async function resultOf(answer: ReturnType<Ask>): Promise<unknown> {
  const settled = await answer;
  if ("error" in settled) throw new Error(settled.error.message);
  return settled.result;
}

function hex(number: number): string {
  return `0x${number.toString(16)}`;
}
