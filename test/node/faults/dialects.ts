import type { RpcCall } from "../../../resolver/chain/rpc/rpc.ts";
import type { Spoil } from "./proxy.ts";

/** Blocks that a range may have, for a server that refuses larger ones. */
const LARGEST_RANGE = 150;

function asksTooMuch([method, params]: RpcCall): boolean {
  if (method !== "eth_getLogs") return false;
  const { fromBlock, toBlock } = params[0] as { fromBlock?: string; toBlock?: string };
  return Number(toBlock) - Number(fromBlock) >= LARGEST_RANGE || fromBlock === undefined;
}

const refuse = (code: number, message: string): Spoil => ({
  what: "call",
  alter: (call) => (asksTooMuch(call) ? { error: { code, message } } : undefined),
});

/** Error messages with which servers refuse a range that is too large. */
export const DIALECTS: readonly [server: string, spoil: Spoil][] = [
  ["geth", refuse(-32_000, `exceed maximum block range: ${LARGEST_RANGE}`)],
  ["Besu", refuse(-32_005, "Requested range exceeds maximum RPC range limit")],
  ["Besu, as invalid parameters", refuse(-32_602, "Invalid params")],
  ["GoQuorum", refuse(-32_000, "query timeout exceeded")],
  ["Infura", refuse(-32_005, "query returned more than 10000 results. Try with this block range [0x1, 0x96].")],
  ["Alchemy", refuse(-32_602, "Log response size exceeded. this block range should work: [0x1, 0x96]")],
  ["a bounded answer", refuse(-32_003, "response too large")],
  [
    "a gateway's HTTP 413",
    {
      what: "response",
      send(response, _body, calls) {
        if (!calls.some(asksTooMuch)) return false;
        response.writeHead(413, { "content-type": "text/html" }).end("<h1>Request Entity Too Large</h1>");
        return true;
      },
    },
  ],
];
