import type { ChainReader } from "../../resolver/chain/chain-reader.ts";
import { ChainDataError } from "../../resolver/errors.ts";
import type { TimedLog } from "./follow-event.ts";
import { withTimes } from "./read-logs.ts";

/** Events, and digits of their data, after which their blocks are compared. */
const EVENTS_AT_ONCE = 1_000;
const DATA_AT_ONCE = 16_777_216;

/**
 * Events of an untrusted history, each after its block was compared with the chain's. A head covers the number and the time of a
 * block, but not its hash, which answers name.
 *
 * @throws ChainDataError for an event of another block; UnavailableError when the chain can't be asked.
 */
export async function* comparedBlocks(
  events: AsyncIterable<TimedLog>,
  reader: ChainReader,
): AsyncGenerator<TimedLog, void, void> {
  let some: TimedLog[] = [];
  let data = 0;
  const compared = async () => {
    const own = some;
    some = [];
    data = 0;
    const theirs = await withTimes(
      reader,
      own.map(({ log }) => log),
    );
    const other = own.find(({ time }, at) => time !== theirs[at]?.time);
    if (other === undefined) return own;
    throw new ChainDataError(`A log says that block ${other.log.blockNumber} has time ${other.time}`);
  };
  for await (const event of events) {
    some.push(event);
    data += event.log.data.length;
    if (some.length >= EVENTS_AT_ONCE || data >= DATA_AT_ONCE) yield* await compared();
  }
  yield* await compared();
}
