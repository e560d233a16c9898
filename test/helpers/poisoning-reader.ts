import type { ChainReader } from "../../resolver/chain/chain-reader.ts";
import type { Hash } from "../../resolver/primitives/hex.ts";
import { faulty } from "./faulty-reader.ts";

/**
 * A server that, while `base` is set, returns no logs, and for every block the roots of the block `base`, so that its answers
 * are consistent. Headers and receipts are honest.
 */
export function poisoning(chain: ChainReader) {
  const poison: { base: Hash | undefined; asked: number; receipts: number } = {
    base: undefined,
    asked: 0,
    receipts: 0,
  };
  const honest = faulty(chain, () => undefined);
  const storage: ChainReader["storage"] = (slots, hash) => {
    poison.asked += 1;
    return honest.storage(slots, poison.base ?? hash);
  };
  const logs: ChainReader["logs"] = async (filter) => (poison.base === undefined ? honest.logs(filter) : []);
  const reader: ChainReader = {
    ...honest,
    logs,
    storage,
    logsAndStorage: async (addresses, slots, hash) => ({
      logs: await logs({ addresses, blockHash: hash }),
      values: await storage(slots, hash),
    }),
    receiptLogs: (header) => {
      poison.receipts += 1;
      return honest.receiptLogs(header);
    },
  };
  return { poison, reader };
}
