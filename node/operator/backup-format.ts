import { z } from "zod";
import { parseLog } from "../../resolver/chain/rpc/rpc-logs.ts";
import type { Address, Hash } from "../../resolver/primitives/hex.ts";
import { describeIssues } from "../../resolver/primitives/schema.ts";
import type { TimedLog } from "../chain/follow-event.ts";
import type { BlockRef } from "../index/recent-blocks.ts";
import type { Meta } from "../store/meta.ts";
import type { CountsAndRoots } from "../store/records/recent-block.ts";
import { BackupError } from "./backup-error.ts";

/**
 * A backup is a file in Zstandard's format (RFC 8878): a frame that holds lines of JSON, then a skippable frame with the
 * SHA-256 of all bytes before it. The lines are a {@link BackupHeader}, each log of the history in the form of
 * `eth_getLogs`, with its block's time as `blockTimestamp`, and a {@link BackupFooter}. The file has no states: a restore
 * folds them from the events.
 */
const FORMAT = "mapae-backup";
const VERSION = 1;

/**
 * Longest line of a backup, in bytes. The largest event, 512 changes of a status list, needs a seventh of it. Longer lines
 * are not written either.
 */
export const MAX_LINE_BYTES = 1_048_576;

export interface BackupHeader {
  readonly meta: Meta;
  readonly block: BlockRef;
  readonly sum: CountsAndRoots;
}

/** The content hash as of the block. It depends on the schema version. */
export interface BackupFooter {
  readonly contentHash: Hash;
}

/** Magic number at the start of a Zstandard frame. */
export const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** Magic number of a skippable frame, and its length, which is that of a SHA-256. */
const SEAL_HEAD = Buffer.from([0x5d, 0x2a, 0x4d, 0x18, 32, 0, 0, 0]);
export const SEAL_BYTES = SEAL_HEAD.length + 32;

/** The last frame of a file, given the SHA-256 of all bytes before it. */
export function sealOf(sha256: Buffer): Buffer {
  return Buffer.concat([SEAL_HEAD, sha256]);
}

const hash = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/)
  .transform((text) => text as Hash);
const address = z
  .string()
  .regex(/^0x[0-9a-f]{40}$/)
  .transform((text) => text as Address);
const count = z.int().min(0);
const headerSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  meta: z.strictObject({
    schemaVersion: count,
    network: z.string().max(100),
    chainId: count,
    genesisHash: hash,
    registries: z.strictObject({ did: address, trust: address, status: address }),
  }),
  block: z.strictObject({ number: count, hash, time: count }),
  sum: z.strictObject({
    subjects: count,
    words: count,
    events: count,
    blocks: count,
    roots: z.strictObject({ did: hash, trust: hash, status: hash }),
  }),
});
const footerSchema = z.strictObject({ contentHash: hash });

export function headerLine({ meta, block, sum }: BackupHeader): string {
  return JSON.stringify({ format: FORMAT, version: VERSION, meta, block, sum });
}

/** @throws BackupError BACKUP_FOREIGN */
export function parseHeader(line: string): BackupHeader {
  const parsed = headerSchema.safeParse(parseJson(line), { reportInput: true });
  if (parsed.success) return parsed.data;
  throw new BackupError(
    "BACKUP_FOREIGN",
    `The file is no backup that this version reads: ${describeIssues(parsed.error)}`,
  );
}

export function footerLine({ contentHash }: BackupFooter): string {
  return JSON.stringify({ contentHash });
}

/** @throws BackupError BACKUP_NOT_WRITTEN when the line is longer than a reader accepts. */
export function eventLine({ log, time }: TimedLog): string {
  const { address, topics, data, blockNumber, blockHash, transactionHash, logIndex } = log;
  const line = JSON.stringify({
    address,
    topics,
    data,
    blockNumber: hex(blockNumber),
    blockHash,
    transactionHash,
    logIndex: hex(logIndex),
    blockTimestamp: hex(time),
  });
  if (line.length <= MAX_LINE_BYTES) return line;
  throw new BackupError("BACKUP_NOT_WRITTEN", `Log ${logIndex} of block ${blockNumber} takes ${line.length} bytes`);
}

/**
 * Parses a log or the footer.
 *
 * @param filter the registries and the block that logs must match.
 * @throws BackupError BACKUP_DAMAGED; ChainDataError or UnavailableError when the line is not a log, or a log that does not
 * match.
 */
export function parseLine(
  line: string,
  filter: { readonly addresses: readonly Address[]; readonly toBlock: number },
): TimedLog | BackupFooter {
  const input = parseJson(line);
  const footer = footerSchema.safeParse(input);
  if (footer.success) return footer.data;
  const log = parseLog(input, { fromBlock: 0, ...filter });
  return { log, time: parseTime((input as { blockTimestamp?: unknown }).blockTimestamp) };
}

function parseTime(input: unknown): number {
  const time = typeof input === "string" && /^0x[0-9a-f]{1,13}$/.test(input) ? Number(input) : undefined;
  if (time === undefined) throw new BackupError("BACKUP_DAMAGED", "A log in the backup has no time");
  return time;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new BackupError("BACKUP_DAMAGED", "A line of the backup is no JSON", { cause });
  }
}

function hex(number: number): string {
  return `0x${number.toString(16)}`;
}
