import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

const REPOSITORY = join(import.meta.dirname, "..", "..");

/**
 * The network of `npm start`: a running one, or one that is started here and stopped with the example.
 *
 * @param local its folder.
 * @throws Error when it does not start; the reason is on stderr.
 */
export async function openLocalNetwork(
  local: string,
  signal: AbortSignal,
): Promise<{ readonly stop: () => Promise<void> }> {
  if (await isRunning(local)) {
    console.error("✓ The network of npm start, which runs already");
    return { stop: async () => undefined };
  }
  // A process group of its own, so that Ctrl-C reaches only this process, which chooses the order of stopping. The child ends
  // when this process is gone.
  const child = spawn(process.execPath, [join(REPOSITORY, "cli", "mapae.mjs"), "start"], {
    cwd: REPOSITORY,
    env: { ...process.env, npm_lifecycle_event: process.env.npm_lifecycle_event ?? "example" },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const ended = once(child, "exit").then(() => undefined);
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await ended;
  };
  signal.addEventListener("abort", () => void child.kill("SIGTERM"), { once: true });
  // It prints nothing before everything is ready.
  await Promise.race([once(child.stdout, "data"), ended]);
  if (child.exitCode !== null || child.signalCode !== null) throw new Error("The network did not start");
  child.stdout.resume();
  return { stop };
}

async function isRunning(local: string): Promise<boolean> {
  try {
    const { node } = JSON.parse(await readFile(join(local, "demo.json"), "utf8")) as { node: string };
    const [answer, own] = await Promise.all([
      fetch(`${node}/network`, { signal: AbortSignal.timeout(2_000) }),
      readFile(join(local, "network.json"), "utf8"),
    ]);
    // A network of another folder may answer on the same port.
    return isDeepStrictEqual(await answer.json(), JSON.parse(own));
  } catch {
    return false; // no folder or no node: a network is started then, which reports problems
  }
}
