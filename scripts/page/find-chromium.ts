import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

/** Names of the programs of Chromium and Chrome. */
const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Timeout of the installation with apt, in milliseconds. */
const MAX_INSTALL_TIME = 600_000;

/** There is no browser for the tests; the message says how to get one. */
export class BrowserMissingError extends Error {
  readonly code = "BROWSER_MISSING";
  override readonly name = "BrowserMissingError";
}

interface FindOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly say?: (line: string) => void;
  /** Whether Debian's package may be installed, if there is an apt-get; by default only as root. */
  readonly mayInstall?: boolean;
}

/**
 * The path of Chromium: `MAPAE_CHROMIUM`, or the first in `PATH`. When there is none, Debian's package is installed if
 * possible.
 * @throws BrowserMissingError
 */
export async function findChromium(options: FindOptions = {}): Promise<string> {
  const { env = process.env, say = console.log, mayInstall = process.getuid?.() === 0 } = options;
  const given = env.MAPAE_CHROMIUM;
  if (given !== undefined) {
    if (await runs(given)) return given;
    throw new BrowserMissingError(`MAPAE_CHROMIUM is ${given}, wanted the path of a program`);
  }
  const folders = (env.PATH ?? "").split(delimiter);
  const candidates = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const found = await firstThatRuns(candidates);
  if (found !== undefined) return found;

  const apt = await firstThatRuns(folders.map((folder) => join(folder, "apt-get")));
  if (mayInstall && apt !== undefined) {
    say("Installing Chromium and Korean fonts (apt-get install chromium fonts-noto-cjk), once …");
    await install(apt);
    const installed = await firstThatRuns(candidates);
    if (installed !== undefined) return installed;
  }
  throw new BrowserMissingError(
    "Got no Chromium in the path, wanted one: install it (Debian: apt-get install chromium), or give its path in MAPAE_CHROMIUM",
  );
}

async function install(apt: string): Promise<void> {
  const options = { timeout: MAX_INSTALL_TIME, env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
  try {
    await promisify(execFile)(apt, ["update", "-q"], options);
    await promisify(execFile)(
      apt,
      ["install", "-qy", "--no-install-recommends", "chromium", "fonts-noto-cjk"],
      options,
    );
  } catch (cause) {
    const { stderr = "" } = cause as { stderr?: string };
    throw new BrowserMissingError(`apt-get could not install Chromium: ${stderr.slice(-500) || cause}`, { cause });
  }
}

async function firstThatRuns(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if (await runs(path)) return path;
  return undefined;
}

function runs(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
