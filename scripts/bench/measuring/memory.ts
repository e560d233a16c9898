import { readFile } from "node:fs/promises";

/** Megabytes that are a process's own. */
export function ownMegabytes(pid: number): Promise<number> {
  return megabytes(pid, "RssAnon");
}

/** Megabytes of files that are mapped into a process: the system takes these back when it needs memory. */
export function mappedMegabytes(pid: number): Promise<number> {
  return megabytes(pid, "RssFile");
}

async function megabytes(pid: number, name: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const [, kibibytes] = new RegExp(`^${name}:\\s*(\\d+) kB$`, "m").exec(status) ?? [];
  return (Number(kibibytes) * 1_024) / 1e6;
}
