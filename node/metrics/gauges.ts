import { Gauge, type Registry } from "@prometheus-io/client";
import type { BlockRef } from "../index/recent-blocks.ts";
import { freeBytes, sizeOf } from "../runtime/disk.ts";
import { divergenceOf, isReady, type NodeReport, STATE_KINDS } from "../runtime/status.ts";

export interface GaugesOptions {
  readonly report: () => NodeReport;
  /** Number of status lists that need the operator's attention; see `StatusLists.alarmed`. */
  readonly alarmedLists: () => number;
  /** The newest block that enough operators attested; `undefined` on networks whose blocks are not attested. */
  readonly attested: () => Pick<BlockRef, "number" | "time"> | undefined;
  /** The data directory. */
  readonly directory: string;
  /** Bytes that LevelDB holds in memory. */
  readonly memory: () => number;
  /** Called when a value can't be read; the other ones are still shown. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Creates the metrics whose values are read at each scrape. An unknown value is left out. Moments are Unix times in seconds:
 * a query computes an age as `time()` minus the moment, which keeps growing when the node no longer answers.
 */
export function gaugesIn(
  registry: Registry,
  { report, alarmedLists, attested, directory, memory, onFault }: GaugesOptions,
): void {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number | null | undefined | Promise<number>) =>
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        try {
          const value = await read();
          if (value === null || value === undefined) this.remove();
          else this.set(value);
        } catch (error) {
          this.remove();
          onFault(error);
        }
      },
    });

  new Gauge({
    name: "mapae_info",
    help: "Always 1; says which version serves which network",
    labelNames: ["version", "network"],
    registers,
    collect() {
      const { version, network } = report();
      this.set({ version, network }, 1);
    },
  });
  new Gauge({
    name: "mapae_state",
    help: "1 for the state that the node is in, 0 for the others; /status has the reason",
    labelNames: ["state"],
    registers,
    collect() {
      const { kind } = report().state;
      for (const state of STATE_KINDS) this.set({ state }, state === kind ? 1 : 0);
    },
  });
  gauge(
    "mapae_ready",
    "1 when documents are answered and most other nodes do not differ, otherwise 0; as /ready",
    () => (isReady(report()) ? 1 : 0),
  );
  gauge("mapae_peers_diverged", "Nodes whose roots or content differ from this node's", () =>
    count(report(), ({ difference }) => difference !== null),
  );
  gauge("mapae_peers_unreachable", "Nodes that did not answer at the last comparison", () =>
    count(report(), ({ trouble }) => trouble !== null),
  );
  gauge(
    "mapae_divergence_block",
    "First block that differs on another node; none while no node differs",
    () => divergenceOf(report())?.difference?.block,
  );
  gauge("mapae_head_block", "Number of the newest block that the chain's server has shown", () => report().head);
  gauge("mapae_indexed_block", "Number of the newest block that was read, served or not", () => report().indexed);
  gauge("mapae_served_block", "Number of the newest block that is served", () => report().digest?.block);
  gauge("mapae_served_block_timestamp_seconds", "Time of the newest block that is served", () => report().digest?.time);
  gauge("mapae_lag_blocks", "Blocks between the chain's tip and the newest that is served", () => report().lag);
  gauge(
    "mapae_clock_offset_seconds",
    "By how much the newest block was ahead of this machine's clock when it was first seen; negative when it was behind",
    () => report().clockOffset,
  );
  gauge(
    "mapae_roots_compared_timestamp_seconds",
    "When the roots were last compared with the chain's and were equal; none before the first time since the start",
    () => report().comparedAt,
  );
  gauge(
    "mapae_lists_alarmed",
    "Status lists that no key of this node can sign, by their issuers' documents, and those that could not be re-signed or were past half of their validity when they were last requested",
    alarmedLists,
  );
  gauge(
    "mapae_attested_block",
    "Number of the newest block that enough operators attested, 0 before the first; none where blocks are not attested",
    () => attested()?.number,
  );
  gauge(
    "mapae_attested_block_timestamp_seconds",
    "Time of the newest block that enough operators attested, 0 before the first: the newest that can be proven",
    () => attested()?.time,
  );
  gauge("mapae_store_size_bytes", "Size of all files of the index", () => sizeOf(directory));
  gauge("mapae_store_memory_bytes", "Memory of LevelDB's write buffer and cache", memory);
  gauge("mapae_disk_free_bytes", "Space that is left for the node on the disk of the index", () =>
    freeBytes(directory),
  );
}

function count({ peers }: NodeReport, is: (peer: NodeReport["peers"][number]) => boolean): number {
  return peers.filter(is).length;
}
