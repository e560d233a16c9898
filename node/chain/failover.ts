import type { ChainReader } from "../../resolver/chain/chain-reader.ts";
import { UnavailableError } from "../../resolver/errors.ts";

/** One chain behind several readers. */
export interface FailoverReader extends ChainReader {
  /** Asks the next reader from now on: the one asked last gave something that can't be true. */
  turn(): void;
}

export interface FailoverOptions {
  /** In order of preference; at least one. */
  readonly readers: readonly ChainReader[];
  /** Throws when a reader's chain is another one. Called before a reader is asked first, and again after it failed. */
  readonly verify: (reader: ChainReader) => Promise<void>;
}

/**
 * Asks one reader as long as it answers, then the next in turn. Throws what the last one threw when none can answer;
 * only an `UnavailableError` makes it try another one.
 */
export function failover({ readers, verify }: FailoverOptions): FailoverReader {
  const verified = new Set<ChainReader>();
  let current = 0;

  const ask = async <T>(question: (reader: ChainReader) => Promise<T>): Promise<T> => {
    let failure: unknown = new UnavailableError("There is no chain to ask");
    for (let tries = 0; tries < readers.length; tries++) {
      const asked = current;
      const reader = readers[asked] as ChainReader;
      try {
        if (!verified.has(reader)) await verify(reader);
        verified.add(reader);
        return await question(reader);
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error;
        failure = error;
        verified.delete(reader);
        // Another question may have turned already.
        if (current === asked) turn();
      }
    }
    throw failure;
  };

  const turn = () => {
    current = (current + 1) % readers.length;
  };

  return {
    turn,
    chainId: () => ask((reader) => reader.chainId()),
    header: (block) => ask((reader) => reader.header(block)),
    headers: (numbers) => ask((reader) => reader.headers(numbers)),
    logs: (filter) => ask((reader) => reader.logs(filter)),
    storage: (slots, blockHash) => ask((reader) => reader.storage(slots, blockHash)),
    logsAndStorage: (addresses, slots, blockHash) =>
      ask((reader) => reader.logsAndStorage(addresses, slots, blockHash)),
    code: (address) => ask((reader) => reader.code(address)),
  };
}
