import type { Logger } from "pino";
import { UnavailableError } from "../../resolver/errors.ts";
import type { Clock } from "../runtime/clock.ts";
import type { AttestingPeer } from "./ask-peer.ts";
import type { Attestations } from "./attestations.ts";

/** Milliseconds between two looks for blocks that too few operators attested. */
const PAUSE = 1_000;

/** Of so many blocks the attestations are looked for at once: a node that lags has the newest one later. */
const LOOKED_FOR = 4;

export interface CollectOptions {
  readonly attestations: Attestations;
  readonly peers: readonly AttestingPeer[];
  readonly network: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Collects attestations of this node's newest blocks from other nodes until enough operators attested one. A node that can't be
 * asked, holds another block, or gives attestations that are not good is logged once, until it gives good ones.
 */
export class AttestationCollector {
  readonly #options: CollectOptions;
  readonly #troubles = new Map<string, string>();

  constructor(options: CollectOptions) {
    this.#options = options;
  }

  /** Asks the other nodes once for what is missing. Never throws. */
  async look(): Promise<void> {
    const { attestations, peers } = this.#options;
    await Promise.all(
      peers.map(async (peer) => {
        for (const { number } of attestations.lacking(LOOKED_FOR)) {
          const trouble = await this.#ask(peer, number);
          this.#tell(peer.name, trouble);
          if (trouble !== undefined) return;
        }
      }),
    );
  }

  /** Goes on looking. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, peers } = this.#options;
    while (!signal.aborted && peers.length > 0) {
      await this.look();
      await clock.sleep(PAUSE, signal);
    }
  }

  /** @returns what is wrong with a node, as a stable code with words; `undefined` when nothing is. */
  async #ask(peer: AttestingPeer, number: number): Promise<string | undefined> {
    const { attestations, network } = this.#options;
    try {
      const answer = await peer.attestations(number);
      // It lags, or no operator has sent it yet.
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

  #tell(peer: string, trouble: string | undefined): void {
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
