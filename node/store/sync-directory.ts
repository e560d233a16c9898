import { open } from "node:fs/promises";

/** Waits until the names in a directory are on the disk, so that a new one outlasts a power cut. Windows knows no such thing. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") return;
  await using directory = await open(path);
  await directory.sync();
}
