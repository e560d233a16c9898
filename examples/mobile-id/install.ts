import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = import.meta.dirname;

/**
 * Installs the packages of the example by its own lock file, unless they are installed: neither an operator's installation nor
 * `npm start` includes them. Their scripts are not run.
 */
export function installExample(): void {
  const lock = readFileSync(join(FOLDER, "package-lock.json"), "utf8");
  const installed = join(FOLDER, "node_modules", ".installed-lock.json");
  if (existsSync(installed) && readFileSync(installed, "utf8") === lock) return;
  console.error("Installing the packages of the example, once …");
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: FOLDER,
    stdio: ["ignore", "ignore", "inherit"],
  });
  writeFileSync(installed, lock);
}

if (import.meta.main) installExample();
