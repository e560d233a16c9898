import type { Logger } from "pino";
import { ChainDataError, HistoryIncompleteError, UnavailableError } from "../../resolver/errors.ts";
import { currentDeployment, type NetworkDescriptor } from "../../resolver/network.ts";
import { headSlot } from "../../resolver/primitives/head.ts";
import { type Hash, word } from "../../resolver/primitives/hex.ts";
import { REGISTRY_OF, type Subject } from "../../resolver/registry-event.ts";
import type { FollowEvent } from "../chain/follow-event.ts";
import { type Doubts, mendingReader, type Reading } from "../chain/mending-reader.ts";
import type { FailoverReader } from "../chain/servers/failover.ts";
import type { Indexer } from "./indexer.ts";
import { registriesOf, registryAddresses } from "./roots.ts";

/** Refusals one after the other before ranges are read in the next, dearer way. */
const MAX_REFUSALS = 3;

/** Most wrong subjects that are looked for in each block's bloom; with more, most blocks would be suspicious. */
const MAX_SUSPECTS = 1_000;

/** Subjects whose heads are read at once. */
const HEADS_AT_ONCE = 500;

export interface MendingOptions {
  readonly indexer: Indexer;
  readonly reader: FailoverReader;
  readonly network: NetworkDescriptor;
  readonly logger: Logger;
}

/** What to do about logs that do not fold to the chain's roots: which of them are read by receipts, and what again. */
export class Mending {
  /** The chain, read as the doubts of now want it. */
  readonly reader: FailoverReader;
  readonly #options: MendingOptions;
  readonly #blocks = new Set<Hash>();
  #reading: Reading = { kind: "logs" };
  #refusals = 0;

  constructor(options: MendingOptions) {
    const { reader, network, indexer } = options;
    this.#options = options;
    this.reader = mendingReader({
      reader,
      addresses: registryAddresses(network),
      doubts: (): Doubts => ({ reading: this.#reading, blocks: this.#blocks }),
      held: (number) => indexer.recent.at(number)?.hash,
    });
  }

  /** What was folded; with roots, it held. */
  folded({ roots }: FollowEvent & { kind: "range" | "block" }): void {
    this.#refusals = 0;
    if (roots === null) return;
    this.#reading = { kind: "logs" };
    this.#blocks.clear();
  }

  /**
   * The index refused an event, or what it holds without having been compared does not lead to the chain. When not even
   * receipts lead to the roots that its servers show, these lie about the roots, for a while or for ever: logs are asked again.
   * @throws StoreError
   */
  async refused(event: FollowEvent | undefined): Promise<void> {
    const { indexer, logger } = this.#options;
    if (event?.kind === "block") this.#blocks.add(event.block.hash);
    // What is held was equal to the roots: then it is this block alone.
    if (event?.kind === "block" && indexer.tip?.verified) return;
    if (++this.#refusals < MAX_REFUSALS) return;
    this.#refusals = 0;
    this.#reading = this.#reading.kind === "receipts" ? { kind: "logs" } : await this.#nextReading(event);
    const again = indexer.tip?.verified === false;
    logger.warn({ reading: this.#reading.kind, again }, "what was read is wrong, reading it in another way");
    if (again) await indexer.drop();
  }

  /**
   * The chain could not be read. If that is for what its servers tell of logs, they are read by receipts after some
   * failures; if it may be for the receipts, logs are asked again.
   */
  failed(error: unknown): void {
    if (++this.#refusals < MAX_REFUSALS) return;
    this.#refusals = 0;
    const isWrong = error instanceof ChainDataError;
    this.#reading = { kind: isWrong && this.#reading.kind === "logs" ? "receipts" : "logs" };
  }

  async #nextReading(event: FollowEvent | undefined): Promise<Reading> {
    if (this.#reading.kind !== "logs" || event?.kind !== "range" || event.roots === null) return { kind: "receipts" };
    try {
      const subjects = await this.#wrongSubjects(event);
      return subjects.size > MAX_SUSPECTS ? { kind: "receipts" } : { kind: "suspects", subjects };
    } catch (error) {
      if (!isFailure(error)) throw error;
      this.#options.logger.warn({ reason: error.message }, "can't read which subjects are wrong");
      return { kind: "receipts" };
    }
  }

  /** The subjects (topic 1) whose heads at a block are others in the chain than here, up to some more than wanted. */
  async #wrongSubjects({ block, logs }: FollowEvent & { kind: "range" }): Promise<Set<Hash>> {
    const { indexer, network, reader } = this.#options;
    const slot = currentDeployment(network).slots.heads;
    const registries = registriesOf(network);
    const wrong = new Set<Hash>();
    const compare = async (heads: readonly { subject: Subject; head: Hash }[]) => {
      const slots = heads.map(({ subject: { kind, id } }) => ({
        address: registries[REGISTRY_OF[kind]],
        slot: headSlot(word(id), slot),
      }));
      const values = await reader.storage(slots, block.hash);
      heads.forEach(({ subject, head }, at) => {
        if (values[at] !== head) wrong.add(word(subject.id));
      });
    };
    let some: { subject: Subject; head: Hash }[] = [];
    for await (const one of indexer.headsAfter(logs)) {
      some.push(one);
      if (some.length < HEADS_AT_ONCE) continue;
      await compare(some);
      some = [];
      if (wrong.size > MAX_SUSPECTS) return wrong;
    }
    await compare(some);
    return wrong;
  }
}

function isFailure(error: unknown): error is Error {
  const kinds = [UnavailableError, ChainDataError, HistoryIncompleteError];
  return kinds.some((kind) => error instanceof kind);
}
