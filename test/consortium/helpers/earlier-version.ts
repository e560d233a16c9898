import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { REPOSITORY } from "../../../cli/files/repository.ts";

/** Age of the earlier version in commits: members of a consortium do not update at the same time. */
const COMMITS = 12;

/**
 * Checks out an earlier version of Mapae from git into a folder, with the packages of its own lock file. A checkout without
 * that history has no earlier version, and the story runs with one version.
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
    console.warn(`This checkout has no commit HEAD~${COMMITS}: no ministry runs an earlier version of Mapae`);
    return REPOSITORY;
  }
  await mkdir(root);
  await run("git", ["archive", "--format=tar", `--output=${archive}`, `HEAD~${COMMITS}`], { cwd: REPOSITORY });
  await run("tar", ["-xf", archive, "-C", root]);
  const options = ["--omit=dev", "--omit=optional", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"];
  await run("npm", ["ci", ...options], { cwd: root });
  return root;
}
