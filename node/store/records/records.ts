import { word } from "../../../resolver/primitives/hex.ts";
import type { StatusChunk } from "../../../resolver/status/apply-status-event.ts";
import type { TimedLog } from "../../chain/follow-event.ts";
import type { Roots } from "../../index/roots.ts";
import { historyPlace } from "../keys.ts";
import { type Codec, Digits, hex, integer, record } from "./codec.ts";

/** What is in front of the topics and the data of an event. `topics` is their number. */
const EVENT = record({
  ...{ time: integer(7), address: hex(20), topics: integer(1) },
  ...{ blockHash: hex(32), transactionHash: hex(32) },
});
const WORD = hex(32);
const REST = hex();

/** An event without its block number and log index, which its key contains. */
export function eventRecord({ log, time }: TimedLog): string {
  const { topics, data } = log;
  return EVENT.write({ ...log, time, topics: topics.length }) + topics.map(WORD.write).join("") + REST.write(data);
}

/** @param key of the event. */
export function readEvent(key: string, digits: string): TimedLog {
  const from = new Digits(digits);
  const { time, topics, ...rest } = EVENT.read(from);
  const words = Array.from({ length: topics }, () => WORD.read(from));
  return { log: { ...rest, topics: words, data: REST.read(from), ...historyPlace(key) }, time };
}

/** The registries' roots after a block with events. */
export const BLOCK_ROOTS = record<Roots>({ did: WORD, trust: WORD, status: WORD });

const UINT256: Codec<bigint> = { write: (value) => word(value).slice(2), read: (from) => BigInt(WORD.read(from)) };

/** A chunk of a status list. */
export const CHUNK = record<StatusChunk>({ revoked: UINT256, suspended: UINT256 });
