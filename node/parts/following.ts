import type { FailoverReader } from "../chain/servers/failover.ts";
import type { Progress } from "../index/progress.ts";
import { sync } from "../index/sync.ts";
import { Backoff } from "../runtime/backoff.ts";
import type { Clock } from "../runtime/clock.ts";
import { loop, type Part } from "../runtime/part.ts";
import type { NodeContext } from "./context.ts";
import type { Indexing } from "./indexing.ts";

/** Milliseconds between looks at whether the newest block grew too old. */
const LOOK_EVERY_MS = 1_000;

/** Follows the chain into the index. */
export function createFollowing(context: NodeContext, { indexer, progress }: Indexing, reader: FailoverReader): Part {
  const { config, clock, logger, observer, random, pauses } = context;
  const { network, pollMs } = config;
  const backoff = new Backoff(random, pauses);
  return loop((signal) =>
    Promise.all([
      sync({ indexer, reader, network, progress, observer, backoff, pollMs, clock, logger, signal }),
      watchAge(progress, clock, signal),
    ]),
  );
}

/** Notices a state that time alone changes. */
async function watchAge(progress: Progress, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    progress.look();
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}
