import { execFile } from "node:child_process";
import { chmod, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { REPOSITORY } from "../cli/harness.ts";
import { readRepositoryFile } from "../docs/examples.ts";

/** Timeout of all commands in milliseconds, three times what a busy machine needed. */
const LIMIT_MS = 900_000;

/** The code blocks of a documentation page that begin with `sh` and a mark. */
export async function markedBlocks(name: string, marked: string): Promise<string[]> {
  const text = await readRepositoryFile(`docs/${name}`);
  const blocks = [...text.matchAll(/^```sh (\S+)\n(.*?)^```$/gms)];
  return blocks.flatMap(([, mark, block = ""]) => (mark === marked ? [block] : []));
}

export interface ShellOptions {
  /** A folder for programs that the commands find before all others, `mapae` among them. */
  readonly programs: string;
  /** The working directory of the commands. */
  readonly cwd: string;
  /** The checkout whose `mapae` they use, when it is not this one. */
  readonly checkout?: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Runs blocks of commands, one after the other in one shell.
 * @returns what each block printed.
 */
export async function runBlocks(blocks: readonly string[], options: ShellOptions): Promise<string[]> {
  const { programs, cwd, checkout = REPOSITORY, env } = options;
  await addProgram(programs, "mapae", `exec "${process.execPath}" "${checkout}/cli/mapae.mjs" "$@"`);
  const script = `trap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n${blocks.join("echo; echo ----\n")}`;
  const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", script], {
    cwd,
    timeout: LIMIT_MS,
    env: {
      ...process.env,
      PATH: [programs, dirname(process.execPath), process.env.PATH].join(delimiter),
      ...env,
    },
  });
  return stdout.split("----\n");
}

/** Puts a program of one line into a folder. */
export async function addProgram(folder: string, name: string, line: string): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\n${line}\n`);
  await chmod(join(folder, name), 0o755);
}
