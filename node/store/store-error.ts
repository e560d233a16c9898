import { MapaeError } from "../../resolver/errors.ts";

/**
 * - `SCHEMA_VERSION`: another version of Mapae wrote this data directory.
 * - `STORE_MISSING`: the directory is not there and can't be made, such as a link to a disk that is not mounted.
 * - `STORE_EMPTY`: nothing is indexed there.
 * - `STORE_NOT_EMPTY`: something is there that would have to be overwritten.
 * - `STORE_UNFINISHED`: a restore into it was interrupted.
 * - `STORE_UNVERIFIED`: what is indexed was not compared with the chain yet.
 * - `STORE_LOCKED`: another process has it open.
 * - `STORE_CORRUPT`: what was read back is not what was written.
 * - `STORE_FULL`: the disk is full. What was committed before is there and can be read.
 * - `STORE_IO`: the disk or the rights to it fail otherwise.
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
export class StoreError extends MapaeError {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What to do with a data directory that is no good: all in it comes from the chain. */
export const REBUILD =
  "stop the node, remove the data directory and start it again: all in it is read from the chain again";

/** @throws StoreError STORE_CORRUPT */
export function corrupt(what: string, options?: ErrorOptions): StoreError {
  return new StoreError("STORE_CORRUPT", `The data directory is damaged: ${what}. Check the disk, ${REBUILD}`, options);
}

/** The disk has no room. */
export function full(how: string, options?: ErrorOptions): StoreError {
  const advice = "free some space, and a node that runs goes on; nothing that was committed is lost";
  return new StoreError("STORE_FULL", `The disk is full (${how}): ${advice}`, options);
}

/** What LevelDB threw, in our words. */
export function storeError(error: unknown, place = "the data directory"): unknown {
  if (!(error instanceof Error) || error instanceof MapaeError) return error;
  // Opening wraps what went wrong.
  if (error.cause instanceof Error && codeOf(error) === "LEVEL_DATABASE_NOT_OPEN")
    return storeError(error.cause, place);
  const { message } = error;
  const code = codeOf(error);
  const options = { cause: error };
  if (code === "LEVEL_LOCKED") {
    const advice = "stop that, or set MAPAE_DATA_DIR to another directory";
    return new StoreError("STORE_LOCKED", `Another process has ${place} open: ${advice}`, options);
  }
  if (code === "LEVEL_CORRUPTION" || code === "LEVEL_DECODE_ERROR") return corrupt(message, options);
  // LevelDB gives the system's words: ENOSPC, EDQUOT, EFBIG.
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

function codeOf(error: Error): unknown {
  return (error as { code?: unknown }).code;
}
