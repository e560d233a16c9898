import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { createZstdDecompress } from "node:zlib";
import { MapaeError } from "../../resolver/errors.ts";
import type { Hash } from "../../resolver/primitives/hex.ts";
import type { TimedLog } from "../chain/follow-event.ts";
import { BackupError } from "./backup-error.ts";
import {
  type BackupHeader,
  MAX_LINE_BYTES,
  parseHeader,
  parseLine,
  SEAL_BYTES,
  sealOf,
  ZSTD_MAGIC,
} from "./backup-format.ts";
import { lines } from "./lines.ts";

/** A backup whose digest is right. This does not make its content trustworthy. */
export interface Backup extends AsyncDisposable {
  readonly header: BackupHeader;
  /** The history, in order. It can be read once; the content hash comes after it. */
  readonly events: AsyncIterable<TimedLog>;
  /** @throws BackupError BACKUP_DAMAGED before all events were read. */
  contentHash(): Hash;
}

/**
 * Reads the whole file to check its digest, then opens it as a backup.
 *
 * @throws BackupError BACKUP_NOT_READ, BACKUP_FOREIGN or BACKUP_DAMAGED; the last also while events are read.
 */
export async function openBackup(path: string): Promise<Backup> {
  const end = await expectSealed(path);
  const file = createReadStream(path, { end: end - 1 });
  const frame = file.pipe(createZstdDecompress());
  file.on("error", (error) => frame.destroy(error));
  const text = lines(frame, MAX_LINE_BYTES);
  const close = async () => {
    frame.destroy();
    file.destroy();
  };
  try {
    const header = parseHeader((await text.next()).value ?? "");
    let contentHash: Hash | undefined;
    return {
      header,
      events: withBackupErrors(eventsOf(text, header, (hash) => (contentHash = hash))),
      contentHash() {
        if (contentHash === undefined) throw damaged("it has no end");
        return contentHash;
      },
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw backupError(error);
  }
}

async function* eventsOf(
  text: AsyncIterable<string>,
  { meta, block }: BackupHeader,
  onHash: (hash: Hash) => void,
): AsyncGenerator<TimedLog, void, void> {
  const filter = { addresses: Object.values(meta.registries), toBlock: block.number };
  let before = { blockNumber: -1, logIndex: -1 };
  let isOver = false;
  for await (const line of text) {
    if (isOver) throw damaged("it goes on after its end");
    const parsed = parseLine(line, filter);
    if ("contentHash" in parsed) {
      isOver = true;
      onHash(parsed.contentHash);
      continue;
    }
    const { blockNumber, logIndex } = parsed.log;
    if (blockNumber < before.blockNumber || (blockNumber === before.blockNumber && logIndex <= before.logIndex)) {
      throw damaged(`log ${logIndex} of block ${blockNumber} is there twice or out of order`);
    }
    before = parsed.log;
    yield parsed;
  }
}

/** @returns the number of bytes that the digest covers. */
async function expectSealed(path: string): Promise<number> {
  let file: FileHandle;
  try {
    file = await open(path);
  } catch (cause) {
    throw notRead(path, cause);
  }
  try {
    const { size } = await file.stat();
    const magic = Buffer.alloc(ZSTD_MAGIC.length);
    await file.read(magic, 0, magic.length, 0);
    if (!magic.equals(ZSTD_MAGIC)) throw new BackupError("BACKUP_FOREIGN", `${path} is no backup of Mapae`);
    const end = size - SEAL_BYTES;
    const seal = Buffer.alloc(SEAL_BYTES);
    if (end > 0) await file.read(seal, 0, SEAL_BYTES, end);
    const digest = createHash("sha256");
    for await (const chunk of file.createReadStream({ start: 0, end: Math.max(0, end - 1), autoClose: false })) {
      digest.update(chunk as Buffer);
    }
    if (end > 0 && seal.equals(sealOf(digest.digest()))) return end;
    throw damaged(`the digest at the end of ${path} is not that of the file`);
  } catch (error) {
    throw error instanceof MapaeError ? error : notRead(path, error);
  } finally {
    await file.close();
  }
}

async function* withBackupErrors<T>(values: AsyncIterable<T>): AsyncGenerator<T, void, void> {
  try {
    yield* values;
  } catch (error) {
    throw backupError(error);
  }
}

/** Translates an error of decompressing or parsing the file to a BackupError. */
function backupError(error: unknown): unknown {
  if (error instanceof BackupError || !(error instanceof Error)) return error;
  return damaged(error.message, { cause: error });
}

function damaged(what: string, options?: ErrorOptions): BackupError {
  const advice = "take another copy of the file, or another backup";
  return new BackupError("BACKUP_DAMAGED", `The backup is damaged: ${what}. Nothing was restored; ${advice}`, options);
}

function notRead(path: string, cause: unknown): BackupError {
  return new BackupError("BACKUP_NOT_READ", `Can't read ${path}: ${(cause as Error).message}`, { cause });
}
