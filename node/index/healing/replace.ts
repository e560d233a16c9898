import { ChainDataError, UnavailableError } from "../../../resolver/errors.ts";
import type { IndexDirectory } from "../../store/directory.ts";
import { IndexStore } from "../../store/store.ts";
import type { Indexer } from "../indexer.ts";
import type { Progress } from "../progress.ts";
import { HaltedError, type ReadAnewOptions, readAnew } from "./read-again.ts";
import { recheck } from "./recheck.ts";

/** Milliseconds between two looks at whether the index that is to be replaced was right after all. */
const RECHECK_EVERY_MS = 5_000;

export interface ReplaceOptions extends Omit<ReadAnewOptions, "store" | "onProgress"> {
  readonly indexer: Indexer;
  readonly directory: IndexDirectory;
  readonly progress: Progress;
}

/**
 * Reads an index from the chain, by receipts, beside the one that can't be believed, and puts it in its place. Nothing is
 * served meanwhile. When the chain's servers show the roots of the former one again, that stays.
 *
 * @throws UnavailableError when the chain could not be read to the end; StoreError; the signal's reason.
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
    await readAnew({ ...options, store, onProgress, reading: { kind: "receipts" } });
  } catch (error) {
    await directory.removeBeside();
    // The nested reading tells of faults in its own words; it is tried again.
    if (error instanceof HaltedError) throw new UnavailableError(`The index can't be read again: ${error.message}`);
    throw error;
  }
  progress.troubled("the index was read again, and is opened");
  await indexer.reopen(async () => {
    await directory.takeBeside();
    return directory.open();
  });
}

/** What could not be asked is no verdict. */
async function isRight(options: ReplaceOptions): Promise<boolean> {
  try {
    return (await recheck(options)).kind === "equal";
  } catch (error) {
    if (error instanceof UnavailableError || error instanceof ChainDataError) return false;
    throw error;
  }
}
