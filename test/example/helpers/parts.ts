import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Child, firstMessage, startChild } from "../../../cli/local/child.ts";
import { localUrls, writeLocalConfig } from "../../../examples/mobile-id/local-config.ts";
import type { ExampleConfig } from "../../../examples/mobile-id/shared/config.ts";
import { freeRange } from "../../../scripts/rehearsal/free-ports.ts";
import { REPOSITORY } from "../../cli/harness.ts";
import { Start } from "../../e2e/start.ts";
import { PARTS } from "./stage.ts";

type After = { after(end: () => Promise<unknown>): void };

const EXAMPLE = join(REPOSITORY, "examples", "mobile-id");

/** Programs of the example. */
export const PROGRAMS = ["issuer", "approval", "wallet", "gate"] as const;
export type Program = (typeof PROGRAMS)[number];

/** Where a part writes its log. */
export function logOf({ data }: ExampleConfig, program: Program): string {
  return join(data, `${program}.log`);
}

/** The network of `npm start` on ports of its own, and the configuration of the example for it. It ends with the test. */
export async function startNetwork(t: After) {
  const start = await Start.in(t);
  await start.prints(/Ctrl-C stops all/);
  const local = join(start.home, "local");
  return { local, ...(await writeLocalConfig(local, localUrls(await freeRange(PARTS)))) };
}

/** All of the example, with some of its configuration changed; with EXAMPLE_CONFIG one that runs already. */
export async function startChanged(t: After, change: Partial<ExampleConfig>): Promise<ExampleConfig> {
  const running = process.env.EXAMPLE_CONFIG;
  if (running) return JSON.parse(await readFile(running, "utf8")) as ExampleConfig;
  const { file, config: written } = await startNetwork(t);
  const config = { ...written, ...change };
  await writeFile(file, JSON.stringify(config));
  await startParts(t, { file, config, programs: PROGRAMS });
  return config;
}

/**
 * Starts parts of the example as `main.ts` does, one after the other. They end with the test.
 *
 * @param file with the configuration.
 */
export async function startParts<P extends Program>(
  t: After,
  {
    file,
    config,
    programs,
  }: { readonly file: string; readonly config: ExampleConfig; readonly programs: readonly P[] },
): Promise<Readonly<Record<P, Child>>> {
  const children: [P, Child][] = [];
  for (const program of programs) {
    const env = { ...process.env, EXAMPLE_CONFIG: file };
    const child = startChild({ args: [join(EXAMPLE, program, "main.ts")], env, log: logOf(config, program) });
    t.after(() => child.stop());
    await firstMessage(child);
    children.push([program, child]);
  }
  return Object.fromEntries(children) as Record<P, Child>;
}
