import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { logOf, PROGRAMS } from "../../helpers/parts.ts";
import type { RecordedExample } from "./stage.ts";

/**
 * A node's log messages about the chain's server, which may be slow on a busy machine. They do not depend on requests to the
 * node.
 */
const OF_THE_CHAIN: ReadonlySet<unknown> = new Set([
  "a server of the chain failed, it is left alone for a while",
  "can't follow the chain now",
  "can't ask",
  "can ask again",
  "read blocks",
  "state changed",
]);

/** The length of each party's log, in bytes. */
export type LogLengths = Readonly<Record<string, number>>;

/** The files in which the parties of an example log, by party. */
export function logsOf({ config, local }: RecordedExample): Readonly<Record<string, string>> {
  const parts = PROGRAMS.map((program) => [program, logOf(config, program)] as const);
  return Object.fromEntries([["node", join(local, "node.log")], ["chain", join(local, "chain.log")], ...parts]);
}

export async function logLengths(example: RecordedExample): Promise<LogLengths> {
  const lengths = Object.entries(logsOf(example)).map(
    async ([party, log]) => [party, (await readFile(log)).length] as const,
  );
  return Object.fromEntries(await Promise.all(lengths));
}

/** Lines by which a party's log has grown. No party logs that it is asked for something. */
export async function linesSince(example: RecordedExample, party: string, lengths: LogLengths): Promise<string[]> {
  const log = await readFile(logsOf(example)[party] ?? assert.fail(party));
  const lines = log.subarray(lengths[party]).toString().split("\n");
  return lines.filter((line) => line !== "" && !(party === "node" && OF_THE_CHAIN.has(messageOf(line))));
}

/** The message of a line of JSON; `undefined` of any other line. */
function messageOf(line: string): unknown {
  try {
    return (JSON.parse(line) as { msg?: unknown }).msg;
  } catch {
    return undefined;
  }
}
