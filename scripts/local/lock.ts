import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { CliError } from "../cli/errors.ts";
import { isMissing } from "../cli/files.ts";

/**
 * Makes sure that one process alone works in a folder. The file holds that process's id, so that what a killed process
 * left behind is seen to be of nobody.
 *
 * @returns what gives the lock back.
 * @throws CliError `ALREADY_RUNNING` naming the process.
 */
export async function takeLock(path: string): Promise<() => Promise<void>> {
  await mkdir(dirname(path), { recursive: true });
  for (let attempt = 0; ; attempt++) {
    try {
      await writeFile(path, `${process.pid}\n`, { flag: "wx" });
      return () => rm(path, { force: true });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    const owner = await ownerOf(path);
    if (attempt > 0 || (owner !== undefined && isAlive(owner))) {
      throw new CliError(
        "ALREADY_RUNNING",
        `A local network runs here already, as process ${owner}: stop it with Ctrl-C in its terminal, or use another ` +
          `folder with MAPAE_HOME and other ports. If that process is something else, delete ${path}`,
      );
    }
    await rm(path, { force: true });
  }
}

async function ownerOf(path: string): Promise<number | undefined> {
  try {
    const id = Number((await readFile(path, "utf8")).trim());
    return Number.isSafeInteger(id) && id > 0 ? id : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM"; // somebody else's
  }
}
