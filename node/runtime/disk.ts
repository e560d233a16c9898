import { readdir, stat, statfs } from "node:fs/promises";
import { join } from "node:path";

/** Bytes of all files of a directory of LevelDB, which has no subfolders. */
export async function sizeOf(directory: string): Promise<number> {
  const names = await readdir(directory);
  const sizes = await Promise.all(names.map((name) => fileSize(join(directory, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Bytes that this user may still write to the file system of a directory. */
export async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

/** The size of a file; 0 when it is gone, because LevelDB may remove files at any time. */
async function fileSize(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}
