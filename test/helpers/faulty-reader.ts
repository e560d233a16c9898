import type { ChainReader, Log } from "../../resolver/chain/chain-reader.ts";
import { RpcError } from "../../resolver/chain/rpc/rpc.ts";
import { ChainDataError, UnavailableError } from "../../resolver/errors.ts";
import { historyFrom } from "./history-from.ts";

/**
 * The faults of a chain's server:
 * - `down`, `garbage`: does not answer, or breaks the format;
 * - `drop`, `forge`, `duplicate`, `swap`: leaves out the last log of an answer, changes its data, repeats it, or swaps the last
 *   two logs;
 * - `old tip`: returns a block 3 below the tip as the newest, and nothing above it;
 * - `small ranges`: refuses ranges of more than 10 blocks;
 * - `no state`: refuses reads of slots.
 */
export type Fault =
  | "down"
  | "garbage"
  | "drop"
  | "forge"
  | "duplicate"
  | "swap"
  | "old tip"
  | "small ranges"
  | "no state";

export const FAULTS: readonly Fault[] = [
  "down",
  "garbage",
  "drop",
  "forge",
  "duplicate",
  "swap",
  "old tip",
  "small ranges",
  "no state",
];

/** A reader with the fault that `fault` returns at each call. */
export function faulty(reader: ChainReader, fault: () => Fault | undefined): ChainReader {
  const alter = (logs: Log[]): Log[] => {
    const last = logs.at(-1);
    if (last === undefined) return logs;
    const before = logs.slice(0, -1);
    switch (fault()) {
      case "drop":
        return before;
      case "duplicate":
        return [...logs, { ...last, logIndex: last.logIndex + 1 }];
      case "forge":
        return [...before, { ...last, data: `0x${last.data.slice(2, -1)}${last.data.endsWith("0") ? "1" : "0"}` }];
      case "swap": {
        const other = before.at(-1);
        return other === undefined ? logs : [...before.slice(0, -1), last, other];
      }
      default:
        return logs;
    }
  };
  const ask = async <T>(answer: () => Promise<T>): Promise<T> => {
    if (fault() === "down") throw new UnavailableError("The chain does not answer");
    if (fault() === "garbage") throw new ChainDataError("The chain answers garbage");
    return answer();
  };
  const oldTip = async () => Math.max(1, ((await reader.header("latest"))?.number ?? 0) - 3);
  const noState = () => {
    if (fault() === "no state") throw new RpcError("eth_getStorageAt", { code: -32_000, message: "no such state" });
  };

  const asked: Omit<ChainReader, "history"> = {
    chainId: () => ask(() => reader.chainId()),
    code: (address) => ask(() => reader.code(address)),
    codes: (addresses) => ask(() => reader.codes(addresses)),
    header: (block) =>
      ask(async () => {
        if (fault() !== "old tip" || typeof block === "string") {
          return reader.header(block === "latest" && fault() === "old tip" ? await oldTip() : block);
        }
        return block > (await oldTip()) ? null : reader.header(block);
      }),
    headers: (numbers) => ask(() => reader.headers(numbers)),
    checkedHeaders: (blocks) => ask(() => reader.checkedHeaders(blocks)),
    receiptLogs: (header) => ask(() => reader.receiptLogs(header)),
    logs: (filter) =>
      ask(async () => {
        if (fault() === "small ranges" && "fromBlock" in filter && filter.toBlock - filter.fromBlock >= 10) {
          throw new RpcError("eth_getLogs", { code: -32_005, message: "query exceeds max block range 10" });
        }
        return alter(await reader.logs(filter));
      }),
    storage: (slots, hash) =>
      ask(() => {
        noState();
        return reader.storage(slots, hash);
      }),
    logsAndStorage: (addresses, slots, hash) =>
      ask(async () => {
        noState();
        const { logs, values } = await reader.logsAndStorage(addresses, slots, hash);
        return { logs: alter(logs), values };
      }),
  };
  return { ...asked, history: (query) => historyFrom(asked, query) };
}
