import type { Clock } from "../../runtime/clock.ts";
import type { IndexDirectory } from "../../store/directory.ts";
import { StoreError, type StoreErrorCode } from "../../store/store-error.ts";
import type { Indexer } from "../indexer.ts";

/** Milliseconds between two checks that the directory is still the one that was opened. */
const LOOK_EVERY_MS = 10_000;

/** Faults that may be temporary, or that an operator can repair while the node runs. */
const PASSING: readonly StoreErrorCode[] = ["STORE_FULL", "STORE_IO", "STORE_LOCKED", "STORE_MISSING"];

export interface DiskOptions {
  readonly indexer: Indexer;
  readonly directory: IndexDirectory;
  readonly clock: Clock;
  /** Called after the index was reopened: other files of its directory may be gone. */
  readonly onReopened: () => Promise<void>;
}

/** Reopens the index after writing failed or its directory was removed or replaced, as soon as the fault is over. */
export class Disk {
  readonly #options: DiskOptions;
  #isBroken = false;
  #lookedAt: number;

  constructor(options: DiskOptions) {
    this.#options = options;
    this.#lookedAt = options.clock.monotonic();
  }

  /**
   * To be called repeatedly.
   * @returns whether the index was reopened.
   * @throws StoreError, NetworkMismatchError while it can't be reopened.
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

  /** @returns the fault, if it may be temporary; `undefined` if an operator has to decide. */
  async failed(error: StoreError): Promise<StoreError | undefined> {
    const fault = this.#isBroken ? error : await this.#cause(error);
    this.#isBroken = PASSING.includes(fault.code);
    return this.#isBroken ? fault : undefined;
  }

  /** Reading removed files gives the same error as damage, so the directory is checked. */
  async #cause(error: StoreError): Promise<StoreError> {
    try {
      await this.#options.directory.expectInPlace();
      return error;
    } catch (moved) {
      return moved instanceof StoreError ? moved : error;
    }
  }
}
