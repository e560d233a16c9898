import { inBloom } from "../../resolver/chain/block/bloom.ts";
import type { ChainReader, CheckedHeader, Log, LogFilter, Slot } from "../../resolver/chain/chain-reader.ts";
import { mayBeTooMuch } from "../../resolver/chain/rpc/rpc.ts";
import { ChainDataError, UnavailableError } from "../../resolver/errors.ts";
import type { Address, Hash, Hex } from "../../resolver/primitives/hex.ts";
import type { FailoverReader } from "./servers/failover.ts";
import { DisagreementError } from "./servers/failure.ts";

interface RangeOfBlocks {
  readonly fromBlock: number;
  readonly toBlock: number;
}

/**
 * How the logs of a range are read.
 *
 * - `logs`: as the chain's server reports them.
 * - `suspects`: like `logs`, but suspicious blocks by their receipts: blocks whose bloom filter has a registry although the
 *   server reports no log, or has one of `subjects` (topic 1 of their logs).
 * - `receipts`: by the receipts of all blocks whose bloom filter has a registry.
 */
export type Reading =
  | { readonly kind: "logs" }
  | { readonly kind: "suspects"; readonly subjects: ReadonlySet<Hash> }
  | { readonly kind: "receipts" };

/** Which logs are not read as the chain's servers report them. */
export interface DistrustedLogs {
  readonly reading: Reading;
  /** Followed blocks whose logs did not fold to the roots, by hash: they are read by their receipts. */
  readonly blocks: ReadonlyMap<Hash, number>;
}

export interface MendingOptions {
  readonly reader: FailoverReader;
  readonly addresses: readonly Address[];
  readonly distrusted: () => DistrustedLogs;
  /** The hash of a recent block of the index. */
  readonly held: (number: number) => Hash | undefined;
}

/**
 * A reader that takes logs from receipts when they are doubted, or when the server can't return those of one block. Receipts
 * hash to the root in a header, the header to the block's hash, and this is the parent hash of the next block, up to the
 * block at whose hash the roots are read. So no log can be missing or forged. When two servers show different roots of a
 * block, its receipts decide.
 */
export function mendingReader({ reader, addresses, distrusted, held }: MendingOptions): FailoverReader {
  /** Number and hash of the last block of each range that was read with its headers. */
  const ends = new Map<number, Hash>();
  const isOfRegistry = anyInBloom(addresses);

  return {
    ...reader,
    async header(block) {
      const header = await reader.header(block);
      const checked = typeof block === "number" ? ends.get(block) : undefined;
      if (header !== null && checked !== undefined && header.hash !== checked) throw differs(header.number);
      return header;
    },
    async logs(filter) {
      if ("blockHash" in filter) return reader.logs(filter);
      const { reading } = distrusted();
      const reported = reading.kind === "receipts" ? undefined : await reportedLogs(filter);
      if (reading.kind === "logs" && reported !== undefined) return reported;

      const isSuspect = reading.kind === "suspects" ? anyInBloom([...reading.subjects]) : () => true;
      const known = blocksOf(reported ?? []);
      const logs: Log[] = [];
      for (const header of await linkedHeaders(filter)) {
        if (!isOfRegistry(header.logsBloom)) continue;
        const ofBlock = known.get(header.number);
        logs.push(...(ofBlock === undefined || isSuspect(header.logsBloom) ? await receiptLogs(header) : ofBlock));
      }
      return logs;
    },
    async logsAndStorage(contracts, slots, blockHash) {
      if (distrusted().blocks.has(blockHash)) {
        try {
          return await receiptLogsAndStorage(slots, blockHash);
        } catch (error) {
          // Falls back to the logs of the server, which are then compared with the roots.
          if (!(error instanceof UnavailableError || error instanceof ChainDataError)) throw error;
        }
      }
      try {
        const reported = await reader.logsAndStorage(contracts, slots, blockHash);
        if (await isConfirmed(slots, blockHash, reported.values)) return reported;
      } catch (error) {
        if (!needsReceipts(error)) throw error;
      }
      return receiptLogsAndStorage(slots, blockHash);
    },
    async storage(slots, blockHash) {
      const values = await reader.storage(slots, blockHash);
      const isDecided = distrusted().reading.kind !== "logs";
      if (isDecided || (await isConfirmed(slots, blockHash, values))) return values;
      throw new DisagreementError(blockHash);
    },
  };

  function isConfirmed(slots: readonly Slot[], block: Hash, values: readonly Hash[]): Promise<boolean> {
    return reader.isConfirmed({ slots, block, values });
  }

  /**
   * The logs of a range as the chain's server reports them; `undefined` when they can't be used and a smaller range would
   * not help.
   */
  async function reportedLogs(filter: LogFilter & RangeOfBlocks): Promise<Log[] | undefined> {
    try {
      return await reader.logs(filter);
    } catch (error) {
      if (!needsReceipts(error) || (mayBeTooMuch(error) && filter.fromBlock < filter.toBlock)) throw error;
      return undefined;
    }
  }

  async function receiptLogsAndStorage(slots: readonly Slot[], blockHash: Hash) {
    const logs = await receiptLogs(await checkedHeader(reader, blockHash));
    return { logs, values: await reader.storage(slots, blockHash) };
  }

  async function receiptLogs(header: CheckedHeader): Promise<Log[]> {
    const logs = await reader.receiptLogs(header);
    return logs.filter(({ address }) => addresses.includes(address));
  }

  /** The headers of a range, each the child of the one before; the first is the child of the last block of the range before. */
  async function linkedHeaders({ fromBlock, toBlock }: RangeOfBlocks): Promise<CheckedHeader[]> {
    const numbers = Array.from({ length: toBlock - fromBlock + 1 }, (_, at) => fromBlock + at);
    const headers = await reader.checkedHeaders(numbers);
    let parent = ends.get(fromBlock - 1) ?? held(fromBlock - 1);
    for (const { number, hash, parentHash } of headers) {
      if (parent !== undefined && parentHash !== parent) throw differs(number - 1);
      parent = hash;
    }
    if (parent !== undefined) ends.set(toBlock, parent);
    return headers;
  }

  /** Forgets the ends: another server may have shown other blocks then, which no later range has to follow. */
  function differs(number: number): ChainDataError {
    ends.clear();
    return new ChainDataError(`The chain has another block ${number} than the parent of the next one`);
  }
}

function blocksOf(logs: readonly Log[]): ReadonlyMap<number, readonly Log[]> {
  const blocks = new Map<number, Log[]>();
  for (const log of logs) {
    const others = blocks.get(log.blockNumber);
    if (others === undefined) blocks.set(log.blockNumber, [log]);
    else others.push(log);
  }
  return blocks;
}

/** Whether a server can't return logs, or returns invalid ones, so that receipts have to be used. */
function needsReceipts(error: unknown): boolean {
  return mayBeTooMuch(error) || error instanceof ChainDataError;
}

function anyInBloom(values: readonly Hex[]): (bloom: Hex) => boolean {
  const tests = values.map(inBloom);
  return (bloom) => tests.some((test) => test(bloom));
}

async function checkedHeader(reader: ChainReader, block: number | Hash): Promise<CheckedHeader> {
  const [header] = await reader.checkedHeaders([block]);
  if (header === undefined) throw new UnavailableError(`The chain has no block ${block} now`);
  return header;
}
