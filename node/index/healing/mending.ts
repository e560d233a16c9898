import type { Logger } from "pino";
import { ChainDataError, HistoryIncompleteError, UnavailableError } from "../../../resolver/errors.ts";
import { currentDeployment, type NetworkDescriptor } from "../../../resolver/network.ts";
import { headSlot } from "../../../resolver/primitives/head.ts";
import { type Hash, word } from "../../../resolver/primitives/hex.ts";
import { REGISTRY_OF, type Subject } from "../../../resolver/registry-event.ts";
import type { FollowEvent } from "../../chain/follow-event.ts";
import { type DistrustedLogs, mendingReader, type Reading } from "../../chain/mending-reader.ts";
import type { FailoverReader } from "../../chain/servers/failover.ts";
import type { NodeObserver } from "../../runtime/observer.ts";
import type { Indexer } from "../indexer.ts";
import type { BlockRef } from "../recent-blocks.ts";
import { type Roots, registriesOf, registryAddresses } from "../roots.ts";
import { recheck } from "./recheck.ts";

/** Consecutive failures before ranges are read in the next, more expensive way. */
const MAX_REFUSALS = 3;

/** Maximum number of wrong subjects that are searched in each block's bloom filter. With more, most blocks would match. */
const MAX_SUSPECTS = 1_000;

/** Subjects whose heads one request reads. */
const HEADS_AT_ONCE = 500;

/**
 * Consecutive checks in which the chain's servers must show other roots than the index has before its blocks are undone or
 * read again. A single server can lie or be wrong for a moment.
 */
const MAX_DISAGREEMENTS = 6;

export interface MendingOptions {
  readonly indexer: Indexer;
  readonly reader: FailoverReader;
  readonly network: NetworkDescriptor;
  readonly logger: Logger;
  readonly observer: Pick<NodeObserver, "healed">;
  /** How ranges are read at first; by default with logs. */
  readonly reading?: Reading | undefined;
  /** Reads a second index from the chain and replaces this one with it. Without this function, this index is emptied. */
  readonly replace?: (() => Promise<void>) | undefined;
}

/**
 * Handles logs that do not fold to the chain's roots: decides which blocks are read by receipts, and what is undone or read
 * again.
 */
export class Mending {
  /** Reads the chain, and distrusted logs by receipts. */
  readonly reader: FailoverReader;
  readonly #options: MendingOptions;
  /** Blocks to read by receipts: hash to number. */
  readonly #blocks = new Map<Hash, number>();
  /** How ranges are read while nothing is distrusted. */
  readonly #usual: Reading;
  #reading: Reading;
  #refusals = 0;
  #disagreements = 0;

  constructor(options: MendingOptions) {
    const { reader, network, indexer, reading = { kind: "logs" } } = options;
    this.#options = options;
    this.#usual = reading;
    this.#reading = reading;
    this.reader = mendingReader({
      reader,
      addresses: registryAddresses(network),
      distrusted: (): DistrustedLogs => ({ reading: this.#reading, blocks: this.#blocks }),
      held: (number) => indexer.recent.at(number)?.hash,
    });
  }

  /** To be called after a range or block was folded. With roots, these were equal to the chain's. */
  folded({ roots, block }: FollowEvent & { kind: "range" | "block" }): void {
    this.#refusals = 0;
    if (roots === null) return;
    this.#disagreements = 0;
    this.#reading = this.#usual;
    for (const [hash, number] of this.#blocks) if (number <= block.number) this.#blocks.delete(hash);
  }

  /**
   * To be called after the index rejected an event, or when an index that was never compared does not lead to the chain.
   * When not even receipts lead to the roots of the chain's servers, the servers show wrong roots: then ranges are read with
   * logs again.
   * @throws StoreError; UnavailableError, ChainDataError when the chain could not be asked.
   */
  async refused(event: FollowEvent | undefined): Promise<void> {
    const { indexer, logger } = this.#options;
    if (event?.kind === "block") this.#blocks.set(event.block.hash, event.block.number);
    if (indexer.wasCompared) {
      const isRight = await this.recheck();
      // If the index is right, only this block is wrong; it is read by receipts next.
      if (!isRight || event?.kind === "block") return;
    }
    if (++this.#refusals < MAX_REFUSALS) return;
    this.#refusals = 0;
    this.#reading = this.#reading.kind === "receipts" ? this.#usual : await this.#nextReading(event);
    const again = !indexer.wasCompared;
    logger.warn({ reading: this.#reading.kind, again }, "what was read is wrong, reading it in another way");
    if (again) await indexer.drop();
  }

  /**
   * Asks the chain's servers again whether the index is right. While they disagree, nothing is served. When they keep
   * disagreeing, the index is undone down to the last block at which they agree, and the blocks above are read by receipts.
   * When they agree with no block of the undo window, everything is read again.
   * @param suspects numbers of blocks of which other nodes have different events.
   * @returns whether the index is right.
   * @throws StoreError; UnavailableError, ChainDataError when the servers could not be asked.
   */
  async recheck(suspects: readonly number[] = []): Promise<boolean> {
    const { indexer, logger, observer, replace } = this.#options;
    const verdict = await recheck(this.#options, suspects);
    if (verdict.kind === "equal") {
      this.#disagreements = 0;
      return true;
    }
    await indexer.markUnverified();
    const isCertain = verdict.kind === "differs" && verdict.isCertain;
    if (++this.#disagreements < MAX_DISAGREEMENTS && !isCertain) return false;
    this.#disagreements = 0;
    if (verdict.kind === "differs") await this.#undo(verdict.ancestor, verdict.roots);
    else {
      logger.error(
        { code: "INDEX_WRONG", floor: indexer.recent.floor?.number },
        "the index is wrong, it is read again",
      );
      if (replace) await replace();
      else {
        this.#reading = { kind: "receipts" };
        await indexer.drop();
      }
      observer.healed("replaced");
    }
    return false;
  }

  async #undo(ancestor: BlockRef, roots: Roots): Promise<void> {
    const { indexer, logger, observer } = this.#options;
    const wrong = [...indexer.recent].filter(({ number }) => number > ancestor.number);
    for (const { hash, number } of wrong) this.#blocks.set(hash, number);
    await indexer.fold({ kind: "reorg", ancestor, roots });
    const what = "the index is wrong, its newest blocks are undone and read by receipts";
    logger.error({ code: "INDEX_WRONG", ancestor: ancestor.number, undone: wrong.length }, what);
    observer.healed("undone");
  }

  /**
   * To be called when the chain could not be read. If the logs are wrong, receipts are read instead after some failures; if
   * receipts may be the reason, logs are read again.
   */
  failed(error: unknown): void {
    if (++this.#refusals < MAX_REFUSALS) return;
    this.#refusals = 0;
    const isWrong = error instanceof ChainDataError;
    this.#reading = isWrong && this.#reading.kind === "logs" ? { kind: "receipts" } : this.#usual;
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

  /**
   * The subjects (topic 1) whose heads at a block differ between the chain and this index. The search stops after more than
   * {@link MAX_SUSPECTS}.
   */
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
