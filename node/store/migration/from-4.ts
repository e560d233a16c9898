import { crc32 } from "node:zlib";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import type { TimedLog } from "../../chain/follow-event.ts";
import type { BlockRef } from "../../index/recent-blocks.ts";
import { type Roots, sameRoots } from "../../index/roots.ts";
import { allOf, type Database } from "../database.ts";
import { replay } from "../replay.ts";
import { IndexStore } from "../store.ts";
import { corrupt } from "../store-error.ts";

/** Events per page. */
const PAGE = 1_000;

/**
 * Folds the history, which version 4 stored as JSON, up to its newest final block; the blocks above it are read from the
 * chain later. The new index counts as compared with the chain when the old one did and the roots are equal.
 */
export async function fromVersion4(from: Database, to: Database, network: NetworkDescriptor): Promise<void> {
  const [newest] = await oldJson<BlockRef & { finalized: number; verified: boolean }>(from, "lt");
  if (newest === undefined) return;
  const recent = await oldJson<BlockRef>(from, "lb");
  const block = recent.find(({ number }) => number >= newest.finalized);
  if (block === undefined) throw corrupt("its recent blocks are missing");
  const store = await IndexStore.open(to, network);
  await replay({ store, network, events: oldEvents(from, block.number), block, onProgress: () => {} });
  const [roots] = await oldJson<Roots>(from, "cr", { lt: `cr${fixed(block.number + 1)}`, reverse: true, limit: 1 });
  if (newest.verified && roots !== undefined && sameRoots(store.roots, roots)) await store.mark(true);
}

async function* oldEvents(from: Database, upTo: number): AsyncGenerator<TimedLog, void, void> {
  let gte = "ch";
  for (;;) {
    const page = await oldJson<TimedLog>(from, "ch", { gte, lt: `ch${fixed(upTo + 1)}`, limit: PAGE });
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    gte = `ch${fixed(last.log.blockNumber)}${fixed(last.log.logIndex + 1)}`;
  }
}

/** The values at keys with a prefix. In version 4 a value was the CRC-32 of key and JSON as 8 hex digits, then the JSON. */
async function oldJson<T>(
  from: Database,
  prefix: string,
  {
    gte = prefix,
    lt = `${prefix}\x7f`,
    ...scan
  }: { gte?: string; lt?: string; reverse?: boolean; limit?: number } = {},
): Promise<T[]> {
  const digits = (text: string) => Buffer.from(text).toString("hex");
  const entries = await allOf(from, { gte: digits(gte), lt: digits(lt), ...scan });
  return entries.map(([key, value]) => {
    const [name, text] = [Buffer.from(key, "hex").toString(), Buffer.from(value, "hex").toString()];
    const json = text.slice(8);
    if (Number.parseInt(text.slice(0, 8), 16) !== crc32(name + json))
      throw corrupt(`a value under "${prefix}" is altered`);
    return JSON.parse(json) as T;
  });
}

function fixed(number: number): string {
  return number.toString(16).padStart(14, "0");
}
