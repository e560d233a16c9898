import type { Logger } from "pino";
import { verifyNetwork } from "../../resolver/chain/verify-network.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { FailoverReader } from "../chain/servers/failover.ts";
import { reindex } from "../index/healing/reindex.ts";
import type { Clock } from "../runtime/clock.ts";
import { openLevel, removeLevel } from "../store/database.ts";
import { expectNetwork } from "../store/meta.ts";
import { metaIn } from "../store/older-index.ts";
import { IndexStore } from "../store/store.ts";
import { StoreError } from "../store/store-error.ts";
import type { Tip } from "../store/tip.ts";
import type { OnProgress } from "./write-backup.ts";

export interface RebuildOptions {
  readonly directory: string;
  readonly network: NetworkDescriptor;
  readonly reader: FailoverReader;
  readonly clock: Clock;
  /** Numbers from 0 on, below 1. */
  readonly random: () => number;
  readonly logger: Logger;
  /** Called with the number of the newest block read, and of the chain's newest. */
  readonly onProgress: OnProgress;
  /** Stops the reading; a node continues from there. */
  readonly signal: AbortSignal;
}

/**
 * Removes the index of a stopped node, and reads it from the chain again until the chain's tip is reached and the roots are
 * equal. First the chain is checked to be the network's. The index of another network is never removed.
 *
 * @returns the newest block.
 * @throws StoreError, NetworkMismatchError, UnavailableError; HaltedError; the signal's reason.
 */
export async function rebuild(options: RebuildOptions): Promise<Tip> {
  const { directory, network, reader } = options;
  await verifyNetwork(reader, network);
  await removeIndex(directory, network);
  const store = await IndexStore.open(await openLevel(directory), network);
  return reindex({ ...options, store });
}

async function removeIndex(directory: string, network: NetworkDescriptor): Promise<void> {
  try {
    const meta = await metaIn(directory);
    if (meta === undefined) return;
    expectNetwork(meta, network, "The data directory");
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    // A directory that another process has open must not be removed by hand either.
    const advice = error.code === "STORE_LOCKED" ? "" : `: remove ${directory} by hand if it is yours`;
    throw new StoreError(error.code, `${error.message}. Nothing was removed${advice}`, { cause: error });
  }
  await removeLevel(directory);
}
