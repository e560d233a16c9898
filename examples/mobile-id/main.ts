import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Child, firstMessage, startChild } from "../../cli/local/child.ts";
import { expectFree } from "../../cli/local/ports.ts";
import { installExample } from "./install.ts";
import { localFolder, localUrls, writeLocalConfig } from "./local-config.ts";
import { openLocalNetwork } from "./local-network.ts";
import { whatToDo } from "./what-to-do.ts";

/** Programs of the example, in the order in which they start; `approval` is three sites, `issuer` two. */
const PROGRAMS = ["issuer", "approval", "wallet", "gate"] as const;

/** Time after which a part without a message counts as failed. */
const READY_WITHIN_MS = 120_000;

const stops: (() => Promise<void>)[] = [];
const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopping.abort());
// npm forwards signals, but can't forward a `kill -9`.
const parent = process.ppid;
setInterval(() => process.ppid === parent || stopping.abort(), 500).unref();

try {
  installExample();
  const local = localFolder();
  const urls = localUrls();
  for (const [part, url] of Object.entries(urls))
    await expectFree({ what: `the example's ${part}`, variable: "EXAMPLE_PORT", number: Number(new URL(url).port) });
  const network = await openLocalNetwork(local, stopping.signal);
  stops.push(network.stop);
  const { file, config } = await writeLocalConfig(local, urls);
  const children: Child[] = [];
  for (const name of PROGRAMS) {
    const program = join(import.meta.dirname, name, "main.ts");
    if (!existsSync(program)) continue;
    stopping.signal.throwIfAborted();
    const log = join(config.data, `${name}.log`);
    const child = startChild({ args: [program], env: { ...process.env, EXAMPLE_CONFIG: file }, log });
    stops.push(child.stop);
    await within(firstMessage(child), name);
    console.error(`✓ ${name}`);
    children.push(child);
  }
  console.log(whatToDo(config, local));
  const ended = children.map(async (child) => {
    const how = await child.ended;
    if (!stopping.signal.aborted) console.error(`A part ended with ${how}; the others go on.\n${await child.tail()}`);
  });
  void ended;
  await new Promise<void>((resolve) => stopping.signal.addEventListener("abort", () => resolve(), { once: true }));
} catch (error) {
  if (!stopping.signal.aborted) {
    console.error(`Error: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
} finally {
  stopping.abort();
  while (stops.length > 0) await stops.pop()?.();
  console.error("Stopped.");
}

async function within(ready: Promise<unknown>, name: string): Promise<void> {
  const end = AbortSignal.any([AbortSignal.timeout(READY_WITHIN_MS), stopping.signal]);
  const late = new Promise<never>((_, reject) => {
    end.addEventListener("abort", () => reject(new Error(`${name} did not start`)), { once: true });
  });
  await Promise.race([ready, late]);
}
