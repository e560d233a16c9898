import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { access, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdCompress } from "node:zlib";
import { MapaeError } from "../../resolver/errors.ts";
import type { Hash } from "../../resolver/primitives/hex.ts";
import { syncDirectory } from "../files/sync-directory.ts";
import { ContentChecksums, ZERO_CHECKSUMS } from "../store/content/checksums.ts";
import type { Export } from "../store/content/export.ts";
import { readEvent } from "../store/records/records.ts";
import { BackupError } from "./backup-error.ts";
import { eventLine, footerLine, headerLine, sealOf } from "./backup-format.ts";
import { joined } from "./lines.ts";

/** Called from time to time with the number of items done, and of all items. */
export type OnProgress = (done: number, total: number) => void;

export interface WriteBackupOptions {
  readonly history: Export;
  /** The file to write; its folder must exist. */
  readonly path: string;
  readonly onProgress: OnProgress;
  /** Stops the writing; nothing is left behind then. */
  readonly signal: AbortSignal;
}

export interface WrittenBackup {
  readonly bytes: number;
  readonly contentHash: Hash;
}

/**
 * Writes a backup atomically, with memory that does not grow with its length. The file gets its name only when all bytes are
 * on disk.
 *
 * @throws BackupError BACKUP_EXISTS or BACKUP_NOT_WRITTEN; errors of reading the content.
 */
export async function writeBackup({ history, path, onProgress, signal }: WriteBackupOptions): Promise<WrittenBackup> {
  await expectAbsent(path);
  const part = `${path}.${process.pid}.part`;
  try {
    const lines = Readable.from(joined(linesOf(history, onProgress)));
    await pipeline(lines, createZstdCompress(), sealed, createWriteStream(part, { flags: "wx", flush: true }), {
      signal,
    });
    const { size } = await stat(part);
    await rename(part, path);
    await syncDirectory(dirname(path));
    return { bytes: size, contentHash: history.header.contentHash };
  } catch (error) {
    await rm(part, { force: true });
    throw error instanceof MapaeError || signal.aborted ? error : notWritten(path, error);
  }
}

async function* linesOf({ header, entries }: Export, onProgress: OnProgress) {
  yield headerLine(header);
  let done = 0;
  const checksums = new ContentChecksums(ZERO_CHECKSUMS);
  for await (const [key, digits] of entries) {
    checksums.event(key, digits);
    onProgress(++done, header.sum.events);
    yield eventLine(readEvent(key, digits));
  }
  if (checksums.sums.history !== header.history) {
    const what = "The events of the index are not those that were written: mapae verify-store says what is wrong";
    throw new BackupError("BACKUP_NOT_WRITTEN", what);
  }
  yield footerLine(header);
}

async function* sealed(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  const digest = createHash("sha256");
  for await (const chunk of chunks) {
    digest.update(chunk);
    yield chunk;
  }
  yield sealOf(digest.digest());
}

async function expectAbsent(path: string): Promise<void> {
  const isThere = await access(path).then(
    () => true,
    () => false, // any other fault is reported when the file is written
  );
  if (isThere) throw new BackupError("BACKUP_EXISTS", `${path} is there already: name another file, or remove it`);
}

function notWritten(path: string, cause: unknown): BackupError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const isFull = code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG";
  const why = isFull ? `the disk is full (${code}): free some space, or name a file on another disk` : message;
  return new BackupError("BACKUP_NOT_WRITTEN", `Can't write ${path}: ${why}. Nothing was left behind`, { cause });
}
