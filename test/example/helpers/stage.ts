import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ExampleConfig } from "../../../examples/mobile-id/shared/config.ts";
import { freeRange } from "../../../scripts/rehearsal/free-ports.ts";
import { freePorts, REPOSITORY, temporaryFolder } from "../../cli/harness.ts";

/** Ports that the parts take, one after the other. */
export const PARTS = 7;

/** The whole example as processes, in a folder and on ports of its own. */
export interface Stage {
  readonly config: ExampleConfig;
  readonly home: string;
  readonly process: ChildProcess | null;
}

/**
 * Starts `npm run example`'s program; all of it ends after the tests of a file. With EXAMPLE_CONFIG the tests are of an example that
 * runs already.
 */
export async function startExample({ after }: { after(end: () => Promise<void>): void }): Promise<Stage> {
  const running = process.env.EXAMPLE_CONFIG;
  if (running) {
    const config = JSON.parse(await readFile(running, "utf8")) as ExampleConfig;
    return { config, home: dirname(dirname(running)), process: null };
  }
  const stopping: { end?: () => Promise<void> } = {};
  // Hooks run in this order: what works in the folder ends before it is removed.
  after(async () => stopping.end?.());
  const home = await temporaryFolder({ after });
  const [chain = "", node = ""] = await freePorts(2);
  const env = {
    ...process.env,
    MAPAE_HOME: home,
    MAPAE_CHAIN_PORT: chain,
    MAPAE_HTTP_PORT: node,
    EXAMPLE_PORT: String(await freeRange(PARTS)),
  };
  const program = join(REPOSITORY, "examples", "mobile-id", "main.ts");
  const child = spawn(process.execPath, [program], { env, cwd: REPOSITORY, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "exit");
  stopping.end = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  let [out, err] = ["", ""];
  child.stderr.on("data", (text) => {
    err += text;
  });
  while (!out.includes("Ready.")) {
    const more = await Promise.race([once(child.stdout, "data"), ended.then(() => undefined)]);
    assert(more !== undefined, `the example ended:\n${err}`);
    out += more[0];
  }
  const config = JSON.parse(await readFile(join(home, "example", "config.json"), "utf8")) as ExampleConfig;
  return { config, home, process: child };
}
