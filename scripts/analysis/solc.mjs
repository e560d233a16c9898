#!/usr/bin/env node
/**
 * Wraps the npm compiler as the executable that analysis tools expect: `--version`, and standard JSON from stdin to stdout.
 * Other options are rejected, so that nothing is silently compiled with different settings.
 */
import { readFileSync } from "node:fs";
import solc from "solc";

const [option, ...rest] = process.argv.slice(2);
const allowed = option === "--standard-json" && (rest.length === 0 || rest[0] === "--allow-paths");

if (option === "--version")
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}`);
else if (allowed) process.stdout.write(solc.compile(readFileSync(0, "utf8")));
else {
  console.error(`solc.mjs knows --version and --standard-json, not "${process.argv.slice(2).join(" ")}"`);
  process.exitCode = 1;
}
