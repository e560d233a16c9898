import type { FailoverReader } from "../chain/servers/failover.ts";
import { Disk } from "../index/healing/disk.ts";
import { replaceIndex } from "../index/healing/replace.ts";
import type { Progress } from "../index/progress.ts";
import { sync } from "../index/sync.ts";
import type { Hints } from "../peers/hints.ts";
import { Backoff } from "../runtime/backoff.ts";
import type { Clock } from "../runtime/clock.ts";
import { loop, type Part } from "../runtime/part.ts";
import type { NodeContext } from "./context.ts";
import type { Indexing } from "./indexing.ts";

/** Milliseconds between checks of the age of the newest block. */
const LOOK_EVERY_MS = 1_000;

export interface FollowingSources {
  readonly indexing: Indexing;
  readonly reader: FailoverReader;
  readonly hints: Hints;
  /** See `DiskOptions`. */
  readonly onReopened: () => Promise<void>;
}

/** Creates the part that follows the chain into the index and repairs the index. */
export function createFollowing(context: NodeContext, { indexing, reader, hints, onReopened }: FollowingSources): Part {
  const { config, clock, random, logger, observer, pauses } = context;
  const { network, pollMs } = config;
  const { indexer, directory, progress } = indexing;
  const backoff = new Backoff(random, pauses);
  const disk = new Disk({ indexer, directory, clock, onReopened });
  return loop((signal) => {
    const shared = { indexer, reader, network, progress, clock, logger, signal };
    const replace = () => replaceIndex({ ...shared, directory, random });
    return Promise.all([
      sync({ ...shared, observer, backoff, pollMs, disk, replace, hints }),
      watchAge(progress, clock, signal),
    ]);
  });
}

/** Reports changes of the state that only the passing of time causes. */
async function watchAge(progress: Progress, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    progress.look();
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}
