import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { REPOSITORY } from "../../../cli/files/repository.ts";

/** How many commits an earlier version is old: members do not update on one day. */
const COMMITS = 12;

/**
 * Puts an earlier version of Mapae into a folder, with the packages of its own lock file. It comes from git: a checkout without its history has
 * none, and tells the story with one version.
 *
 * @returns the root of its checkout.
 */
export async function earlierVersion(folder: string): Promise<string> {
  const run = promisify(execFile);
  const root = join(folder, "earlier");
  const archive = join(folder, "earlier.tar");
  const hasHistory = await run("git", ["cat-file", "-e", `HEAD~${COMMITS}`], { cwd: REPOSITORY }).then(
    () => true,
    () => false,
  );
  if (!hasHistory) {
    console.warn(`No commit HEAD~${COMMITS} is in this checkout: no ministry has an earlier version of Mapae`);
    return REPOSITORY;
  }
  await mkdir(root);
  await run("git", ["archive", "--format=tar", `--output=${archive}`, `HEAD~${COMMITS}`], { cwd: REPOSITORY });
  await run("tar", ["-xf", archive, "-C", root]);
  const options = ["--omit=dev", "--omit=optional", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"];
  await run("npm", ["ci", ...options], { cwd: root });
  return root;
}
