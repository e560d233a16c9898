import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";

/** So long may take what takes a second on a machine with nothing else to do, in milliseconds. */
const LIMIT_MS = 120_000;
const POLL_MS = 20;

/**
 * Asks until there is an answer: neither `undefined` nor `false`.
 *
 * @param what a sentence for the error when there is none within a limit that no machine should need
 * @param instead what there is instead, for that error
 */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  instead: () => unknown = () => undefined,
): Promise<Exclude<T, undefined | false>> {
  const limit = performance.now() + LIMIT_MS;
  while (performance.now() < limit) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer as Exclude<T, undefined | false>;
    await delay(POLL_MS);
  }
  assert.fail(`In ${LIMIT_MS / 1_000} s it did not happen that ${what}; instead: ${JSON.stringify(instead())}`);
}
