import type { Logger } from "pino";
import { UnavailableError } from "../../resolver/errors.ts";
import type { Clock } from "../runtime/clock.ts";
import { inRounds } from "../runtime/rounds.ts";
import type { AttestingPeer } from "./ask-peer.ts";
import type { Attestations } from "./attestations.ts";

/** Milliseconds between two rounds of asking for attestations. */
const PAUSE = 1_000;

/** Number of blocks for which each round asks: a lagging node attests the newest block later. */
const LOOKED_FOR = 4;

export interface CollectOptions {
  readonly attestations: Attestations;
  readonly peers: readonly AttestingPeer[];
  readonly network: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Collects attestations of this node's newest blocks from other nodes until enough operators attested one. When a node can't
 * be asked, has another block or returns invalid attestations, this is logged once until it is over.
 */
export class AttestationCollector {
  readonly #options: CollectOptions;
  readonly #troubles = new Map<string, string>();

  constructor(options: CollectOptions) {
    this.#options = options;
  }

  /** Asks at intervals until the signal aborts. A slow node delays no other. */
  run(signal: AbortSignal): Promise<void> {
    const { clock, peers } = this.#options;
    return inRounds({ items: peers, task: (peer, ended) => this.#look(peer, ended), pauseMs: PAUSE, clock }, signal);
  }

  /** Asks one node once for missing attestations. Never throws. */
  async #look(peer: AttestingPeer, signal: AbortSignal): Promise<void> {
    for (const { number } of this.#options.attestations.lacking(LOOKED_FOR)) {
      const trouble = await this.#ask(peer, number, signal);
      if (signal.aborted) return;
      this.#logTrouble(peer.name, trouble);
      if (trouble !== undefined) return;
    }
  }

  /** @returns a description of the fault of a node; `undefined` when there is none. */
  async #ask(peer: AttestingPeer, number: number, signal: AbortSignal): Promise<string | undefined> {
    const { attestations, network } = this.#options;
    try {
      const answer = await peer.attestations(number, signal);
      // The node lags, or no operator attested the block there yet.
      if (answer === undefined || answer.attestations.length === 0) return undefined;
      const ours = attestations.at(number)?.block.hash;
      if (ours === undefined) return undefined;
      const taken = await attestations.take(answer, answer.attestations);
      if (answer.network !== network) return `it serves network ${answer.network}, wanted ${network}`;
      if (answer.hash !== ours) return `it holds ${answer.hash} as block ${number}, this node holds ${ours}`;
      const bad = answer.attestations.length - taken;
      return bad === 0 ? undefined : `${bad} of its ${answer.attestations.length} attestations are not good`;
    } catch (error) {
      if (error instanceof UnavailableError) return error.message;
      throw error;
    }
  }

  #logTrouble(peer: string, trouble: string | undefined): void {
    const { logger } = this.#options;
    const before = this.#troubles.get(peer);
    if (trouble === before) return;
    if (trouble === undefined) {
      this.#troubles.delete(peer);
      logger.info({ peer }, "a node gives attestations again");
      return;
    }
    this.#troubles.set(peer, trouble);
    if (before === undefined) logger.warn({ peer, reason: trouble }, "a node's attestations can't be used");
  }
}
