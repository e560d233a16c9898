import { ChainDataError, UnavailableError } from "../../../resolver/errors.ts";
import type { IndexDirectory } from "../../store/directory.ts";
import { IndexStore } from "../../store/store.ts";
import type { Indexer } from "../indexer.ts";
import type { Progress } from "../progress.ts";
import { recheck } from "./recheck.ts";
import { HaltedError, type ReindexOptions, reindex } from "./reindex.ts";

/** Milliseconds between two checks whether the index that is being replaced is right after all. */
const RECHECK_EVERY_MS = 5_000;

export interface ReplaceOptions extends Omit<ReindexOptions, "store" | "onProgress"> {
  readonly indexer: Indexer;
  readonly directory: IndexDirectory;
  readonly progress: Progress;
}

/**
 * Reads an index from the chain, by receipts, beside the doubted one, and replaces that with it. Nothing is served
 * meanwhile. If the chain's servers show the roots of the doubted index again, that is kept.
 *
 * @throws UnavailableError when the chain could not be read to the end, or the doubted index is right; StoreError; the
 * signal's reason.
 */
export async function replaceIndex(options: ReplaceOptions): Promise<void> {
  const { indexer, directory, network, clock, progress } = options;
  const store = await IndexStore.open(await directory.openBeside(), network);
  let lookedAt = clock.monotonic();
  const onProgress = async (block: number, chainTip: number) => {
    progress.troubled(`the index was wrong, and is read again beside: block ${block} of ${chainTip}`);
    if (clock.monotonic() - lookedAt < RECHECK_EVERY_MS) return;
    lookedAt = clock.monotonic();
    if (await isRight(options)) throw new UnavailableError("The chain's servers show the roots of the index again");
  };
  try {
    await reindex({ ...options, store, onProgress, reading: { kind: "receipts" } });
  } catch (error) {
    await directory.removeBeside();
    // The reading beside halted; for this index that is a fault after which it tries again.
    if (error instanceof HaltedError) throw new UnavailableError(`The index can't be read again: ${error.message}`);
    throw error;
  }
  progress.troubled("the index was read again, and is opened");
  await indexer.reopen(async () => {
    await directory.takeBeside();
    return directory.open();
  });
}

/** `false` also when the chain could not be asked. */
async function isRight(options: ReplaceOptions): Promise<boolean> {
  try {
    return (await recheck(options)).kind === "equal";
  } catch (error) {
    if (error instanceof UnavailableError || error instanceof ChainDataError) return false;
    throw error;
  }
}
