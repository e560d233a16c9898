import type { Clock } from "../../runtime/clock.ts";
import type { IndexDirectory } from "../../store/directory.ts";
import { StoreError, type StoreErrorCode } from "../../store/store-error.ts";
import type { Indexer } from "../indexer.ts";

/** Milliseconds between two looks at whether the directory is still the one that was opened. */
const LOOK_EVERY_MS = 10_000;

/** Faults that pass, or that somebody mends while the node runs. */
const PASSING: readonly StoreErrorCode[] = ["STORE_FULL", "STORE_IO", "STORE_LOCKED", "STORE_MISSING"];

export interface DiskOptions {
  readonly indexer: Indexer;
  readonly directory: IndexDirectory;
  readonly clock: Clock;
  /** Called when the index was opened again: what else is in its directory may be gone. */
  readonly onReopened: () => Promise<void>;
}

/** Opens the index again when it could not be written, or is not what was opened, as soon as that is over. */
export class Disk {
  readonly #options: DiskOptions;
  #isBroken = false;
  #lookedAt: number;

  constructor(options: DiskOptions) {
    this.#options = options;
    this.#lookedAt = options.clock.monotonic();
  }

  /**
   * To be called again and again.
   * @returns whether the index was opened again.
   * @throws StoreError, NetworkMismatchError while it can't be.
   */
  async look(): Promise<boolean> {
    const { indexer, directory, clock, onReopened } = this.#options;
    if (this.#isBroken) {
      await directory.expectRoom();
      await indexer.reopen(() => directory.open());
      this.#isBroken = false;
      await onReopened();
      return true;
    }
    const now = clock.monotonic();
    if (now - this.#lookedAt < LOOK_EVERY_MS) return false;
    this.#lookedAt = now;
    await directory.expectInPlace();
    return false;
  }

  /** @returns why nothing can be written, if that may pass; `undefined` if an operator must judge it. */
  async failed(error: StoreError): Promise<StoreError | undefined> {
    const fault = this.#isBroken ? error : await this.#cause(error);
    this.#isBroken = PASSING.includes(fault.code);
    return this.#isBroken ? fault : undefined;
  }

  /** Files that were removed look like damage to who reads them. */
  async #cause(error: StoreError): Promise<StoreError> {
    try {
      await this.#options.directory.expectInPlace();
      return error;
    } catch (moved) {
      return moved instanceof StoreError ? moved : error;
    }
  }
}
