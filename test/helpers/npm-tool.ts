import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "../../cli/files/repository.ts";

/** Packages that only one command of the tests needs, by name, each in an exact version. */
export type ToolPackages = Readonly<Record<string, string>>;

/**
 * Installs packages that package.json does not list into a folder of this checkout that git ignores, unless they are installed.
 * Their scripts are not run. Their dependencies have the newest versions that they allow.
 *
 * @param name of the folder.
 * @param overrides versions of their dependencies, where the default one does not work.
 * @returns the folder's `node_modules`.
 */
export function installNpmTool(name: string, packages: ToolPackages, overrides: ToolPackages = {}): string {
  const folder = join(REPOSITORY, ".tools", name);
  const modules = join(folder, "node_modules");
  const wanted = Object.entries(packages);
  if (wanted.every(([one, version]) => versionIn(modules, one) === version)) return modules;
  const names = wanted.map(([one, version]) => `${one}@${version}`);
  console.log(`Installing ${names.join(", ")} into .tools/${name}, once …`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, overrides }));
  const options = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder];
  execFileSync("npm", ["install", ...options, ...names], { cwd: REPOSITORY, stdio: "inherit" });
  return modules;
}

function versionIn(modules: string, name: string): string | undefined {
  const file = join(modules, name, "package.json");
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
