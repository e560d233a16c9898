import { CodedError, MapaeError } from "../../resolver/errors.ts";

/**
 * - `SCHEMA_VERSION`: another version of Mapae wrote this data directory.
 * - `STORE_MISSING`: the directory is missing and can't be created, or it was removed or replaced while it was open.
 * - `STORE_EMPTY`: nothing is indexed there.
 * - `STORE_NOT_EMPTY`: existing files would have to be overwritten.
 * - `STORE_UNFINISHED`: a restore into it was interrupted.
 * - `STORE_UNVERIFIED`: the index was not compared with the chain yet.
 * - `STORE_LOCKED`: another process has it open.
 * - `STORE_CORRUPT`: data that was read is not the data that was written.
 * - `STORE_FULL`: the disk is full. Earlier commits can still be read.
 * - `STORE_IO`: another error of the disk or of its permissions.
 */
export type StoreErrorCode =
  | "SCHEMA_VERSION"
  | "STORE_MISSING"
  | "STORE_EMPTY"
  | "STORE_NOT_EMPTY"
  | "STORE_UNFINISHED"
  | "STORE_UNVERIFIED"
  | "STORE_LOCKED"
  | "STORE_CORRUPT"
  | "STORE_FULL"
  | "STORE_IO";

/** The data directory can't be used. Its message says what to do; nothing is ever repaired silently. */
export class StoreError extends CodedError<StoreErrorCode> {}

/** Advice for an unusable data directory, whose whole content comes from the chain. */
export const REBUILD =
  "stop the node, remove the data directory and start it again: all in it is read from the chain again";

/** @throws StoreError STORE_CORRUPT */
export function corrupt(what: string, options?: ErrorOptions): StoreError {
  return new StoreError("STORE_CORRUPT", `The data directory is damaged: ${what}. Check the disk, ${REBUILD}`, options);
}

/** The error of a full disk. */
export function full(how: string, options?: ErrorOptions): StoreError {
  const advice = "free some space, and a running node continues; nothing that was committed is lost";
  return new StoreError("STORE_FULL", `The disk is full (${how}): ${advice}`, options);
}

/** Translates an error of LevelDB or of the file system into a StoreError; others are returned unchanged. */
export function storeError(error: unknown, place = "the data directory"): unknown {
  if (!(error instanceof Error) || error instanceof MapaeError) return error;
  // When opening fails, the reason is in `cause`.
  if (error.cause instanceof Error && codeOf(error) === "LEVEL_DATABASE_NOT_OPEN")
    return storeError(error.cause, place);
  const { message } = error;
  const code = codeOf(error);
  const options = { cause: error };
  if (code === "LEVEL_LOCKED") {
    const advice = "stop that process, or set MAPAE_DATA_DIR to another directory";
    return new StoreError("STORE_LOCKED", `Another process has ${place} open: ${advice}`, options);
  }
  if (code === "LEVEL_CORRUPTION" || code === "LEVEL_DECODE_ERROR") return corrupt(message, options);
  // LevelDB passes on only the system's message for ENOSPC, EDQUOT and EFBIG.
  if (code === "ENOSPC" || /no space left|disk full|quota exceeded|file too large/i.test(message)) {
    return full(message, options);
  }
  if (/no such file/i.test(message)) return corrupt(message, options);
  return new StoreError(
    "STORE_IO",
    `Could not read or write ${place} (${message}): check the disk and the rights`,
    options,
  );
}

/**
 * Runs something that reads or writes, and translates its errors by {@link storeError}.
 * @param place names the directory in messages.
 */
export async function withStoreErrors<T>(run: () => Promise<T>, place?: string): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw storeError(error, place);
  }
}

function codeOf(error: Error): unknown {
  return (error as { code?: unknown }).code;
}
