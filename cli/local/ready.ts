import { setTimeout as delay } from "node:timers/promises";
import { CliError } from "../terminal/errors.ts";
import type { Child } from "./child.ts";

/** How long a node may take from its start to its first answer, in milliseconds. */
const READY_WITHIN_MS = 60_000;
const POLL_MS = 100;

/**
 * Waits until a node reports that it is ready.
 * @throws CliError `NODE_NOT_READY` with the end of its log; the signal's reason.
 */
export async function ready(node: Child, url: string, signal: AbortSignal): Promise<void> {
  let ended: string | undefined;
  node.ended.then((how) => {
    ended = how;
  });
  const until = performance.now() + READY_WITHIN_MS;
  let answer = "nothing";
  while (ended === undefined && performance.now() < until) {
    signal.throwIfAborted();
    try {
      const response = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(2_000) });
      answer = `HTTP ${response.status} ${await response.text()}`;
      if (response.status === 200) return;
    } catch (error) {
      answer = error instanceof Error ? error.message : String(error); // it does not listen yet
    }
    await delay(POLL_MS);
  }
  const how = ended === undefined ? `was not ready in time (last answer: ${answer})` : `ended with ${ended}`;
  throw new CliError("NODE_NOT_READY", `The node ${how}. The end of its log:\n${await node.tail()}`);
}
