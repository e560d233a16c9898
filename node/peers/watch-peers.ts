import type { Logger } from "pino";
import type { Clock } from "../runtime/clock.ts";
import { inRounds } from "../runtime/rounds.ts";
import { compareDigests, type Difference } from "./compare.ts";
import type { Digest, IndexHashes } from "./digest.ts";
import type { Hints } from "./hints.ts";
import type { Peer } from "./peer.ts";

/** Result of comparing one other node. Times are Unix seconds. */
export interface PeerReport {
  /** Its URL. */
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

/**
 * Compares this node with others at intervals. A node that can't be asked counts as trouble, not as a difference. While this
 * node has no digest of its own, nothing is compared, and reports stay as they are.
 */
export class PeerWatch implements Hints {
  readonly #options: WatchPeersOptions;
  readonly #reports: PeerReport[];
  /** The first block that differs, by the number of the node, of comparisons since the blocks were taken. */
  readonly #differing = new Map<number, number>();
  /** Whether blocks were taken in this round. */
  #isTaken = false;

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
    if (this.#isTaken || this.#differing.size === 0) return [];
    this.#isTaken = true;
    const blocks = [...this.#differing.values()];
    this.#differing.clear();
    return blocks;
  }

  reached(): number | undefined {
    const blocks = this.#reports.flatMap(({ reached, trouble }) => (trouble === null ? (reached ?? []) : []));
    return blocks.sort((a, b) => b - a)[blocks.length >> 1];
  }

  /** Compares until the signal aborts, with a pause in milliseconds between. A slow node delays the comparison with no other. */
  run(pauseMs: number, signal: AbortSignal): Promise<void> {
    return inRounds(
      {
        items: [...this.#reports.keys()],
        task: (at, ended) => this.#look(at, ended),
        pauseMs,
        clock: this.#options.clock,
        onRound: () => {
          this.#isTaken = false;
        },
      },
      signal,
    );
  }

  /** Compares with one other node. Never throws. */
  async #look(at: number, signal: AbortSignal): Promise<void> {
    const before = this.#reports[at] as PeerReport;
    const after = await this.#compare(this.#options.peers[at] as Peer, before, signal);
    if (signal.aborted) return;
    this.#reports[at] = after;
    this.#differing.delete(at);
    const { difference, trouble } = after;
    if (trouble === null && difference?.what === "roots") this.#differing.set(at, difference.block);
    this.#logChange(before, after);
  }

  async #compare(peer: Peer, before: PeerReport, signal: AbortSignal): Promise<PeerReport> {
    const { digest, hashesAt, fromBlock, clock } = this.#options;
    let isOwnFault = false;
    const own = <T>(answer: Promise<T>) =>
      answer.catch((error: unknown) => {
        isOwnFault = true;
        throw error;
      });
    try {
      const ours = await own(digest());
      const theirs = await peer.digest("finalized", signal);
      if (theirs.network !== ours.network || theirs.genesisHash !== ours.genesisHash) {
        const got = `${theirs.network} with genesis ${theirs.genesisHash}`;
        return { ...before, trouble: `it serves network ${got}, wanted ${ours.network} with ${ours.genesisHash}` };
      }
      const both = {
        ours: (block: number) => own(hashesAt(block)),
        theirs: (block: number) => peer.digest(block, signal),
      };
      const difference = (await compareDigests({ ours, theirs, hashesAt: both, fromBlock })) ?? null;
      const reached = theirs.block;
      const upTo = Math.min(ours.block, reached);
      return { peer: peer.name, comparedAt: clock.now(), upTo, reached, difference, trouble: null };
    } catch (error) {
      return isOwnFault ? before : { ...before, trouble: (error as Error).message };
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
