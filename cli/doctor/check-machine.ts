import { sizeOf } from "../../node/runtime/disk.ts";
import { CliError } from "../terminal/errors.ts";
import { type Finding, fault, ok, warning } from "./finding.ts";
import { nearestExisting } from "./nearest-existing.ts";

const MIB = 1_048_576;

/** Free bytes below which a node soon stops with STORE_FULL: LevelDB rewrites a table before it removes the old one. */
const LEAST_FREE = 64 * MIB;
/** Free bytes below which there is a warning. */
const LOW_FREE = 1_024 * MIB;

export interface DiskCheck {
  /** The data directory, which may not exist yet. */
  readonly directory: string;
  /** Free bytes of the file system of a directory. */
  readonly freeBytes: (directory: string) => Promise<number>;
}

/** Whether there is space for the index to grow, and its size now. */
export async function checkDisk({ directory, freeBytes }: DiskCheck): Promise<Finding> {
  const what = `disk of ${directory}`;
  try {
    const existing = await nearestExisting(directory);
    const free = await freeBytes(existing.path);
    const size = existing.isWhole ? await sizeOf(existing.path) : 0;
    const detail = `${mebibytes(free)} free, the index takes ${mebibytes(size)}`;
    if (free >= LOW_FREE) return ok(what, detail);
    if (free >= LEAST_FREE) return warning(what, `${detail}: free some space`);
    return fault(what, new CliError("CONFIGURATION", `${detail}: free some space, or a node gives up with STORE_FULL`));
  } catch (error) {
    const message = `${(error as Error).message}: set MAPAE_DATA_DIR to a directory`;
    return fault(what, error instanceof CliError ? error : new CliError("CONFIGURATION", message, { cause: error }));
  }
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / MIB)} MiB`;
}

/**
 * Bounds of a plausible clock, in Unix seconds: Mapae did not exist before the first, and no certificate or key lasts until the
 * second.
 */
const FROM = Date.UTC(2026, 0) / 1_000;
const UNTIL = Date.UTC(2100, 0) / 1_000;

/** Whether this machine's clock, in Unix seconds, is plausible; `checkChain` compares it with the newest block. */
export function checkClock(now: number): Finding {
  const shown = new Date(now * 1_000).toISOString();
  if (now >= FROM && now < UNTIL) return ok("clock", shown);
  const message = `this machine believes that it is ${shown}, and judges by it what is valid: set the clock (NTP)`;
  return fault("clock", new CliError("CONFIGURATION", message));
}
