import { lstat, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { isMissing } from "../files/files.ts";
import { CliError } from "../terminal/errors.ts";

/**
 * A path, or the nearest folder above it that exists; `isWhole` tells that it is the path itself.
 * @throws CliError `CONFIGURATION` when the path can't be examined, or has a broken link.
 */
export async function nearestExisting(path: string): Promise<{ path: string; isWhole: boolean }> {
  const whole = resolve(path);
  let nearest = whole;
  while (await isAbsent(nearest)) {
    if (await isLink(nearest)) {
      const advice = "mount what it is on, or set MAPAE_DATA_DIR to another directory";
      throw new CliError("CONFIGURATION", `${nearest} is a link whose target does not exist: ${advice}`);
    }
    nearest = dirname(nearest);
  }
  return { path: nearest, isWhole: nearest === whole };
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function isAbsent(path: string): Promise<boolean> {
  try {
    await stat(path);
    return false;
  } catch (error) {
    if (isMissing(error)) return true;
    const message = `${(error as Error).message}: set MAPAE_DATA_DIR to a directory`;
    throw new CliError("CONFIGURATION", message, { cause: error });
  }
}
