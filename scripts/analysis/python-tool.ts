import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** A tool from PyPI could not be installed. */
export class PythonToolError extends Error {
  readonly code = "PYTHON_TOOL";
}

/**
 * Installs an exact version of a tool from PyPI into its own virtual environment in `.mapae/`, unless it is installed.
 *
 * @returns the path of its executable.
 * @throws {PythonToolError} when there is no Python 3 or pip fails.
 */
export function installPythonTool(requirement: string, executable: string): string {
  const folder = join(".mapae", "python", requirement);
  const binary = join(folder, "bin", executable);
  if (existsSync(binary)) return binary;
  process.stderr.write(`installing ${requirement} into ${folder} ...\n`);
  const made = spawnSync("python3", ["-m", "venv", "--clear", folder], { encoding: "utf8" });
  if (made.error || made.status !== 0) {
    const why = made.error?.message ?? made.stderr;
    throw new PythonToolError(`${requirement} needs Python 3.10 or newer with its venv module as "python3": ${why}`);
  }
  const pip = spawnSync(join(folder, "bin", "pip"), ["install", "--quiet", requirement], { encoding: "utf8" });
  if (pip.status !== 0) throw new PythonToolError(`pip could not install ${requirement}: ${pip.stderr}`);
  return binary;
}
