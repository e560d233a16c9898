import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isMissing } from "./files.ts";

/** Milliseconds between two checks whether a lock is free. */
const LOOK_EVERY_MS = 50;

/** The result of taking a lock: this process has it and can release it, or another process has it. */
export type Lock = { readonly release: () => Promise<void> } | { readonly owner: number | undefined };

/**
 * Takes a lock unless a living process has it. The file contains the id of that process, so that the lock of a killed process
 * counts as free. It also contains its own inode, so that a copy of the file in a copied folder is no lock. The folder is
 * created when missing.
 */
export async function takeLock(path: string): Promise<Lock> {
  await mkdir(dirname(path), { recursive: true });
  // The file is linked to its name after it was written, so that no process sees a lock without an owner.
  const own = `${path}.${process.pid}.${randomUUID()}`;
  try {
    await writeFile(own, "");
    await writeFile(own, `${process.pid} ${await inodeOf(own)}\n`);
    for (let attempt = 0; ; attempt++) {
      try {
        await link(own, path);
        return { release: () => rm(path, { force: true }) };
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      }
      const owner = await ownerOf(path);
      if (attempt > 0 || (owner !== undefined && isAlive(owner))) return { owner };
      await rm(path, { force: true });
    }
  } finally {
    await rm(own, { force: true });
  }
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
