import type { Logger } from "pino";
import type { Clock } from "../runtime/clock.ts";
import { compareDigests, type Difference } from "./compare.ts";
import type { Digest, IndexHashes } from "./digest.ts";
import type { Hints } from "./hints.ts";
import type { Peer } from "./peer.ts";

/** Result of comparing one other node. Times are Unix seconds. */
export interface PeerReport {
  /** Its origin. */
  readonly peer: string;
  /** When it was last compared; `null` before the first time. */
  readonly comparedAt: number | null;
  /** Number of the block as of which it was compared; `null` before the first time. */
  readonly upTo: number | null;
  /** Number of its newest block that is never undone; `null` before the first time. */
  readonly reached: number | null;
  /** Where it differs from this node; `null` when they agreed. */
  readonly difference: Difference | null;
  /** Why the last comparison failed; `null` when it did not. */
  readonly trouble: string | null;
}

export interface WatchPeersOptions {
  readonly peers: readonly Peer[];
  /** This node's own digest; throws UnavailableError while it has none. */
  readonly digest: () => Promise<Digest>;
  /** Roots and content hash of this node as of a block that is never undone. */
  readonly hashesAt: (block: number) => Promise<IndexHashes>;
  readonly fromBlock: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Compares this node with others at intervals. A node that can't be asked counts as trouble, not as a difference. */
export class PeerWatch implements Hints {
  readonly #options: WatchPeersOptions;
  readonly #reports: PeerReport[];
  #differingBlocks: readonly number[] = [];

  constructor(options: WatchPeersOptions) {
    this.#options = options;
    this.#reports = options.peers.map(({ name: peer }) => ({
      peer,
      comparedAt: null,
      upTo: null,
      reached: null,
      difference: null,
      trouble: null,
    }));
  }

  reports(): readonly PeerReport[] {
    return this.#reports;
  }

  takeDifferingBlocks(): readonly number[] {
    const blocks = this.#differingBlocks;
    this.#differingBlocks = [];
    return blocks;
  }

  reached(): number | undefined {
    const blocks = this.#reports.flatMap(({ reached, trouble }) => (trouble === null ? (reached ?? []) : []));
    return blocks.sort((a, b) => b - a)[blocks.length >> 1];
  }

  /** Compares with every other node once. Never throws. */
  async look(): Promise<void> {
    await Promise.all(
      this.#options.peers.map(async (peer, at) => {
        const before = this.#reports[at] as PeerReport;
        const after = await this.#compare(peer, before);
        this.#reports[at] = after;
        this.#logChange(before, after);
      }),
    );
    const differences = this.#reports.flatMap(({ difference }) => difference ?? []);
    this.#differingBlocks = differences.flatMap(({ what, block }) => (what === "roots" ? block : []));
  }

  /** Compares until the signal aborts, with a pause in milliseconds between. */
  async run(pauseMs: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.#reports.length > 0) {
      await this.look();
      await this.#options.clock.sleep(pauseMs, signal);
    }
  }

  async #compare(peer: Peer, before: PeerReport): Promise<PeerReport> {
    const { digest, hashesAt, fromBlock, clock } = this.#options;
    try {
      const ours = await digest();
      const theirs = await peer.digest("finalized");
      if (theirs.network !== ours.network || theirs.genesisHash !== ours.genesisHash) {
        const got = `${theirs.network} with genesis ${theirs.genesisHash}`;
        return { ...before, trouble: `it serves network ${got}, wanted ${ours.network} with ${ours.genesisHash}` };
      }
      const both = { ours: hashesAt, theirs: (block: number) => peer.digest(block) };
      const difference = (await compareDigests({ ours, theirs, hashesAt: both, fromBlock })) ?? null;
      const reached = theirs.block;
      const upTo = Math.min(ours.block, reached);
      return { peer: peer.name, comparedAt: clock.now(), upTo, reached, difference, trouble: null };
    } catch (error) {
      return { ...before, trouble: (error as Error).message };
    }
  }

  #logChange(
    { difference: before, trouble: troubleBefore }: PeerReport,
    { peer, difference, trouble }: PeerReport,
  ): void {
    const { logger } = this.#options;
    if (difference !== null && (before?.block !== difference.block || before.what !== difference.what)) {
      logger.error({ code: "DIVERGED", peer, ...difference }, "another node holds something else");
    } else if (difference === null && before !== null) logger.info({ peer }, "the other node holds the same again");
    if (trouble !== null && troubleBefore === null) logger.warn({ peer, reason: trouble }, "can't compare with a node");
  }
}
