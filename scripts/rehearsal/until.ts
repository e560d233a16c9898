import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";

/** Maximum wait in milliseconds. On an idle machine a second suffices. */
const LIMIT_MS = 120_000;
const POLL_MS = 20;

/**
 * Polls until the answer is neither `undefined` nor `false`.
 *
 * @param what the awaited event, for the error after the maximum wait.
 * @param instead returns the last observation, for that error.
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
  assert.fail(`Waited ${LIMIT_MS / 1_000} s until ${what}; last seen: ${JSON.stringify(instead())}`);
}
