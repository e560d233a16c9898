import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CliError } from "../terminal/errors.ts";
import { isMissing } from "./files.ts";

/** Milliseconds between two checks whether a lock is free. */
const LOOK_EVERY_MS = 50;

/** The result of taking a lock: this process has it and can release it, or another process has it. */
export type Lock = { readonly release: () => Promise<void> } | { readonly owner: number | undefined };

/**
 * Takes a lock unless a living process has it. The file contains the id of that process, so that the lock of a killed process
 * counts as free. It also contains its own inode, so that a copy of the file in a copied folder is no lock. The folder is
 * created when missing.
 * @throws CliError `CONFIGURATION` when the folder can't be made or written to.
 */
export async function takeLock(path: string): Promise<Lock> {
  try {
    return await taken(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CliError("CONFIGURATION", `Can't write ${path}: ${reason}`, { cause });
  }
}

async function taken(path: string): Promise<Lock> {
  await mkdir(dirname(path), { recursive: true });
  // The file is linked to its name after it was written, so that no process sees a lock without an owner.
  const own = `${path}.${process.pid}.${randomUUID()}`;
  const lock = { release: () => rm(path, { force: true }) };
  try {
    await writeFile(own, "");
    await writeFile(own, `${process.pid} ${await inodeOf(own)}\n`);
    if (await linked(own, path)) return lock;
    const owner = await livingOwnerOf(path);
    if (owner !== undefined) return { owner };
    // One process at a time replaces a dead one's lock, or a slower one would remove the lock that a faster one took.
    const turn = `${path}.turn`;
    if (!(await linked(own, turn))) {
      const other = await livingOwnerOf(turn);
      if (other === undefined) await rm(turn, { force: true }); // of a process that was killed here
      return { owner: other };
    }
    try {
      if (await linked(own, path)) return lock;
      const other = await livingOwnerOf(path);
      if (other !== undefined) return { owner: other };
      await rename(own, path);
      return lock;
    } finally {
      await rm(turn, { force: true });
    }
  } finally {
    await rm(own, { force: true });
  }
}

/** Gives a file a second name; `false` when another file has that name. */
async function linked(file: string, name: string): Promise<boolean> {
  try {
    await link(file, name);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

async function livingOwnerOf(path: string): Promise<number | undefined> {
  const owner = await ownerOf(path);
  return owner !== undefined && isAlive(owner) ? owner : undefined;
}

/** Runs work under a lock, and waits for the lock without a time limit until the signal aborts. */
export async function inTurn<T>(path: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    const lock = await takeLock(path);
    if ("release" in lock) {
      try {
        return await work();
      } finally {
        await lock.release();
      }
    }
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}

async function ownerOf(path: string): Promise<number | undefined> {
  try {
    const [, id, inode] = /^([1-9][0-9]{0,9}) ([0-9]+)\n$/.exec(await readFile(path, "utf8")) ?? [];
    return inode === (await inodeOf(path)) ? Number(id) : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function inodeOf(path: string): Promise<string> {
  return String((await stat(path, { bigint: true })).ino);
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM"; // a process of another user
  }
}
