import type { ChainReader, History, HistoryQuery } from "../../resolver/chain/chain-reader.ts";
import { UnavailableError } from "../../resolver/errors.ts";

/** A subject's history by the other methods of a reader, one after the other, so that it includes their faults. */
export async function historyFrom(
  reader: Pick<ChainReader, "header" | "headers" | "logs" | "storage">,
  { registry, subject, headSlot, fromBlock, asOf }: HistoryQuery,
): Promise<History> {
  const newest = asOf ?? (await reader.header("latest"));
  if (newest === null) throw new UnavailableError("The chain has no newest block");
  const logs = await reader.logs({ addresses: [registry], subject, fromBlock, toBlock: newest.number });
  const headers = await reader.headers([...new Set(logs.map(({ blockNumber }) => blockNumber))]);
  const [head = "0x"] = await reader.storage([{ address: registry, slot: headSlot }], newest.hash);
  return { newest, logs, headers, head };
}
