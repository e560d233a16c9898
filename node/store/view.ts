import type { DidState } from "../../resolver/apply-event.ts";
import type { Log } from "../../resolver/chain/chain-reader.ts";
import { type DidEvent, decodeDidLog } from "../../resolver/decode-log.ts";
import type { Address } from "../../resolver/hex.ts";
import type { Database, Snapshot } from "./database.ts";
import { decode, historyOf, stateKey } from "./keys.ts";
import { storeError } from "./store-error.ts";

/** The index as of one commit, however many follow: what one answer reads fits together. */
export class StoreView {
  readonly #database: Database;
  readonly #snapshot: Snapshot;

  constructor(database: Database) {
    this.#database = database;
    this.#snapshot = database.snapshot();
  }

  /** @throws StoreError STORE_CORRUPT */
  state(address: Address): DidState | undefined {
    return readState(this.#database, address, this.#snapshot);
  }

  /**
   * All events of an identity, oldest first.
   * @throws StoreError STORE_CORRUPT
   */
  async events(address: Address): Promise<DidEvent[]> {
    // Made before anything is awaited: it keeps the snapshot open although the view may be closed meanwhile.
    const entries = this.#database.iterator({ ...historyOf(address), snapshot: this.#snapshot });
    try {
      return (await entries.all()).map(([key, text]) => {
        const { log, time } = decode<{ log: Log; time: number }>(key, text);
        return decodeDidLog(log, time);
      });
    } catch (error) {
      throw storeError(error);
    } finally {
      await entries.close();
    }
  }

  close(): Promise<void> {
    return this.#snapshot.close();
  }
}

/**
 * The newest state of an identity, or that of a snapshot.
 * @throws StoreError STORE_CORRUPT
 */
export function readState(database: Database, address: Address, snapshot?: Snapshot): DidState | undefined {
  const key = stateKey(address);
  try {
    const text = database.getSync(key, snapshot && { snapshot });
    return text === undefined ? undefined : decode<DidState>(key, text);
  } catch (error) {
    throw storeError(error);
  }
}
