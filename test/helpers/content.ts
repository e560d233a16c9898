import { registriesOf, seedRoots } from "../../node/chain/roots.ts";
import { foldLogs } from "../../node/fold.ts";
import { contentOf } from "../../node/store/content.ts";
import type { Database } from "../../node/store/database.ts";
import { CONTENT, checkedJson, decodeState, decodeWord, encode, stateKey, wordKey } from "../../node/store/keys.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { Block } from "./chain-simulator.ts";

/** Keys and JSON of an index's content. */
export type Content = ReadonlyMap<string, string>;

/** Folds each branch of a simulated chain from its first block, with no store and no node; what is below a block is kept. */
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
    const read = <T>(key: string, decode: (text: string) => T): T | undefined => {
      const json = content.get(key);
      return json === undefined ? undefined : decode(encode(key, json));
    };
    const folded = foldLogs({
      logs: logs.map((log) => ({ log, time })),
      chainId: this.#network.chainId,
      registries: registriesOf(this.#network),
      known: {
        state: (kind, id) => read(stateKey({ kind, id }), (text) => decodeState(kind, stateKey({ kind, id }), text)),
        word: (list, index) => read(wordKey(list, index), (text) => decodeWord(wordKey(list, index), text)),
      },
      roots,
    });
    return { content: new Map([...content, ...contentOf(folded)]), roots: folded.roots };
  }
}

/** The content of a database, in key order. */
export async function contentOfDatabase(database: Database): Promise<Content> {
  const entries = database.iterator(CONTENT);
  try {
    return new Map((await entries.all()).map(([key, text]) => [key, checkedJson(key, text)]));
  } finally {
    await entries.close();
  }
}
