import assert from "node:assert/strict";
import { foldLogs } from "../../node/index/fold.ts";
import { seedRoots } from "../../node/index/roots.ts";
import { withChecksum, withoutChecksum } from "../../node/store/checked-database.ts";
import { contentAfter } from "../../node/store/content/content-after.ts";
import { readChunk, readState } from "../../node/store/content/states.ts";
import type { Database } from "../../node/store/database.ts";
import { CONTENT } from "../../node/store/keys.ts";
import { ZERO_TOTALS } from "../../node/store/records/recent-block.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { Block } from "./chain-simulator.ts";

/** Keys and texts of an index's content, as they are stored. */
export type Content = ReadonlyMap<string, string>;

/** Folds each branch of a simulated chain from its first block, without store and node. Results up to a block are cached. */
export class ContentFromScratch {
  readonly #network: NetworkDescriptor;
  readonly #known = new Map<string, { content: Content; roots: ReturnType<typeof seedRoots> }>();

  constructor(network: NetworkDescriptor) {
    this.#network = network;
  }

  /** The content after the last of some blocks, which begin with the chain's first. */
  after(branch: readonly Block[]): Content {
    let at = branch.length - 1;
    while (at >= 0 && !this.#known.has(branch[at]?.hash ?? "")) at--;
    let known = this.#known.get(branch[at]?.hash ?? "") ?? { content: new Map(), roots: seedRoots(this.#network) };
    for (const block of branch.slice(at + 1)) {
      if (block.logs.length > 0) known = this.#fold(known, block);
      this.#known.set(block.hash, known);
    }
    return known.content;
  }

  #fold({ content, roots }: { content: Content; roots: ReturnType<typeof seedRoots> }, { logs, time }: Block) {
    const records = {
      get(key: string): string | undefined {
        const stored = content.get(key);
        return stored === undefined ? undefined : withoutChecksum(key, stored);
      },
    };
    const folded = foldLogs({
      logs: logs.map((log) => ({ log, time })),
      network: this.#network,
      known: {
        state: (kind, id) => readState(records, kind, id),
        chunk: (list, index) => readChunk(records, list, index),
      },
      roots,
    });
    const after = new Map(content);
    for (const { key, after: digits } of contentAfter({ ...ZERO_TOTALS, roots }, folded).changes) {
      if (digits === null) after.delete(key);
      else after.set(key, withChecksum(key, digits).toString("hex"));
    }
    return { content: after, roots: folded.roots };
  }
}

/** @throws AssertionError with both, when a database has other content than this. */
export async function assertContent(database: Database, expected: Content): Promise<void> {
  await using iterator = database.iterator(CONTENT);
  const entries = await iterator.all();
  const isEqual = entries.length === expected.size && entries.every(([key, text]) => expected.get(key) === text);
  if (!isEqual) assert.deepEqual(new Map(entries), expected);
}
