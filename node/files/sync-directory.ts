import { open } from "node:fs/promises";

/** Waits until the names in a directory are on disk, so that a new name survives a power cut. Windows has no such call. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") return;
  await using directory = await open(path);
  await directory.sync();
}
