import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { REPOSITORY } from "../cli/files/repository.ts";

/** Folder of programs that are built once for this checkout; ignored by git. */
const TOOLS = join(REPOSITORY, ".tools", "bin");

/** Milliseconds between messages about the progress of a build. */
const SAY_EVERY_MS = 15_000;

/** Number of lines of the build's output in an error. */
const LAST_LINES = 20;

/** A program can't be built. */
export class GoProgramError extends Error {
  readonly code: "GO_MISSING" | "GO_BUILD";

  constructor(code: GoProgramError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A program that is built from its source. */
export interface GoProgram {
  readonly name: string;
  readonly version: string;
  /** The package of the program, with the version of its module. */
  readonly source: string;
  /** Options of `go install`. */
  readonly flags: readonly string[];
  /** The oldest version of Go that builds it. */
  readonly go: string;
  /** The npm script that needs it. */
  readonly script: string;
  /** The argument with which it prints its version, and a pattern whose first group is that version. */
  readonly printed: { readonly by: string; readonly pattern: RegExp };
}

export interface InstallOptions {
  /** Absolute path of the folder for the program. */
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Called with messages about the progress of a build. */
  readonly say?: (line: string) => void;
}

/**
 * Builds a program from its source with Go, unless it is already built.
 *
 * @returns its path.
 * @throws GoProgramError `GO_MISSING`; `GO_BUILD` with the end of Go's output.
 */
export async function installProgram(program: GoProgram, options: InstallOptions = {}): Promise<string> {
  const { folder = TOOLS, env = process.env, say = console.error } = options;
  const binary = join(folder, program.name);
  if ((await versionOf(binary, program)) === program.version) return binary;
  await mkdir(folder, { recursive: true });
  await build(program, folder, env, say);
  const version = await versionOf(binary, program);
  if (version === program.version) return binary;
  throw new GoProgramError("GO_BUILD", `Built ${binary}, whose version is ${version}, wanted ${program.version}`);
}

/** Builds a program for a command of npm; without it the command ends with the reason. */
export async function installOrExplain(program: GoProgram): Promise<void> {
  try {
    await installProgram(program);
  } catch (error) {
    if (!(error instanceof GoProgramError)) throw error;
    console.error(`${error.code}: ${error.message}`);
    process.exitCode = 1;
  }
}

/** The version of a program; `undefined` when it is missing or does not run here. */
async function versionOf(binary: string, { printed: { by, pattern } }: GoProgram): Promise<string | undefined> {
  const { stdout } = await promisify(execFile)(binary, [by]).catch(() => ({ stdout: "" }));
  return pattern.exec(stdout)?.[1];
}

async function build(
  { name, version, source, flags, go: oldest, script }: GoProgram,
  folder: string,
  env: InstallOptions["env"],
  say: (line: string) => void,
): Promise<void> {
  const started = performance.now();
  const seconds = () => `${Math.round((performance.now() - started) / 1_000)} s`;
  say(`Building ${name} ${version} into ${folder}: some minutes, once …`);
  const go = spawn("go", ["install", "-v", ...flags, source], {
    cwd: folder,
    env: { ...env, GOBIN: folder, GOTOOLCHAIN: "local" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const lines: string[] = [];
  createInterface({ input: go.stderr }).on("line", (line) => lines.push(line));
  const timer = setInterval(() => say(`… ${lines.length} packages, ${seconds()}`), SAY_EVERY_MS);
  try {
    const [code] = await once(go, "close");
    if (code !== 0) {
      const end = lines.slice(-LAST_LINES).join("\n");
      throw new GoProgramError(
        "GO_BUILD",
        `go ended with ${code}, wanted ${name} ${version}. Go ${oldest} or newer is needed, and its module proxy:\n${end}`,
      );
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
    throw new GoProgramError(
      "GO_MISSING",
      `Found no program "go" on the PATH, wanted Go ${oldest} or newer, which builds ${name} ${version}. ` +
        `Install it (https://go.dev/dl) and run npm run ${script} again; npm test needs neither`,
      { cause },
    );
  } finally {
    clearInterval(timer);
  }
  say(`${name} ${version} is built: ${seconds()}`);
}
