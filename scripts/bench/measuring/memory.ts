import { readFile } from "node:fs/promises";

/** Megabytes of anonymous memory of a process. */
export function ownMegabytes(pid: number): Promise<number> {
  return megabytes(pid, "RssAnon");
}

/** Megabytes of files that are mapped into a process; the system can reclaim them. */
export function mappedMegabytes(pid: number): Promise<number> {
  return megabytes(pid, "RssFile");
}

async function megabytes(pid: number, name: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const [, kibibytes] = new RegExp(`^${name}:\\s*(\\d+) kB$`, "m").exec(status) ?? [];
  return (Number(kibibytes) * 1_024) / 1e6;
}
