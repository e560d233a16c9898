import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { REPOSITORY } from "../../cli/files/repository.ts";

/** The last geth with Clique, and so the last one that can run several validators without another program. */
export const GETH_VERSION = "1.13.15";

/** Folder of programs that are built once for this checkout; ignored by git. */
const TOOLS = join(REPOSITORY, ".tools", "bin");

/** Milliseconds between messages about the progress of a build. */
const SAY_EVERY_MS = 15_000;

/** Number of lines of the build's output in an error. */
const LAST_LINES = 20;

/** geth can't be installed. */
export class GethInstallError extends Error {
  readonly code: "GO_MISSING" | "GETH_NOT_BUILT";

  constructor(code: GethInstallError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export interface InstallOptions {
  /** Absolute path of the folder for the program. */
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Called with messages about the progress of a build. */
  readonly say?: (line: string) => void;
}

/**
 * Builds geth from its source with Go, unless it is already built.
 *
 * @returns the path of the program.
 * @throws GethInstallError `GO_MISSING`; `GETH_NOT_BUILT` with the end of Go's output.
 */
export async function installGeth(options: InstallOptions = {}): Promise<string> {
  const { folder = TOOLS, env = process.env, say = console.error } = options;
  const binary = join(folder, "geth");
  if ((await versionOf(binary)) === GETH_VERSION) return binary;
  await mkdir(folder, { recursive: true });
  await build(folder, env, say);
  const version = await versionOf(binary);
  if (version === GETH_VERSION) return binary;
  throw new GethInstallError("GETH_NOT_BUILT", `Built ${binary}, whose version is ${version}, wanted ${GETH_VERSION}`);
}

/** The version of a program; `undefined` when it is missing or does not run here. */
async function versionOf(binary: string): Promise<string | undefined> {
  const { stdout } = await promisify(execFile)(binary, ["version"]).catch(() => ({ stdout: "" }));
  return /^Version: ([0-9.]+)-stable$/m.exec(stdout)?.[1];
}

async function build(folder: string, env: InstallOptions["env"], say: (line: string) => void): Promise<void> {
  const started = performance.now();
  const seconds = () => `${Math.round((performance.now() - started) / 1_000)} s`;
  say(`Building geth ${GETH_VERSION} into ${folder}: some minutes, once …`);
  const go = spawn(
    "go",
    [
      ...["install", "-v"],
      // One of its dependencies uses internals of Go's runtime, which Go 1.23 and later do not link by default.
      "-ldflags=-checklinkname=0",
      `github.com/ethereum/go-ethereum/cmd/geth@v${GETH_VERSION}`,
    ],
    { cwd: folder, env: { ...env, GOBIN: folder, GOTOOLCHAIN: "local" }, stdio: ["ignore", "ignore", "pipe"] },
  );
  const lines: string[] = [];
  createInterface({ input: go.stderr }).on("line", (line) => lines.push(line));
  const timer = setInterval(() => say(`… ${lines.length} packages, ${seconds()}`), SAY_EVERY_MS);
  try {
    const [code] = await once(go, "close");
    if (code !== 0) {
      const end = lines.slice(-LAST_LINES).join("\n");
      throw new GethInstallError(
        "GETH_NOT_BUILT",
        `go ended with ${code}, wanted geth ${GETH_VERSION}. Go 1.23 or newer is needed, and its module proxy:\n${end}`,
      );
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
    throw new GethInstallError(
      "GO_MISSING",
      `Found no program "go" on the PATH, wanted Go 1.23 or newer, which builds geth ${GETH_VERSION} for the tests of a ` +
        "real chain. Install it (https://go.dev/dl) and run npm run test:chain again; npm test needs neither",
      { cause },
    );
  } finally {
    clearInterval(timer);
  }
  say(`geth ${GETH_VERSION} is built: ${seconds()}`);
}
