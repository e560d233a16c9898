import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { REPOSITORY } from "../../cli/files/repository.ts";

/** Timeout of the compiler or npm, in milliseconds. */
const MAX_TIME = 600_000;

/** Maximum number of bytes that a tool may print. */
const MAX_OUTPUT = 64 * 1_024 * 1_024;

/**
 * Compiles a TypeScript project of this repository into a folder.
 * @throws Error with the compiler's messages.
 */
export async function compile(project: string, outDir: string): Promise<void> {
  const tsc = join(REPOSITORY, "node_modules", "typescript", "bin", "tsc");
  await run(process.execPath, [tsc, "-p", join(REPOSITORY, project), "--outDir", outDir]);
}

/**
 * Runs npm in the root of this repository.
 * @returns its output on stdout.
 * @throws Error with its messages.
 */
export function npm(args: readonly string[]): Promise<string> {
  return run("npm", args);
}

async function run(command: string, args: readonly string[]): Promise<string> {
  try {
    // npm is a shell script on Windows.
    const shell = command === "npm" && process.platform === "win32";
    const { stdout } = await promisify(execFile)(command, [...args], {
      cwd: REPOSITORY,
      timeout: MAX_TIME,
      maxBuffer: MAX_OUTPUT,
      shell,
    });
    return stdout;
  } catch (cause) {
    const { stdout = "", stderr = "" } = cause as { stdout?: string; stderr?: string };
    throw new Error(`${command} failed:\n${`${stdout}${stderr}`.slice(0, 4_000) || cause}`, { cause });
  }
}
