import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { RawConnection } from "../node/http/raw.ts";

export interface Asked {
  /** Response times in milliseconds. */
  readonly times: readonly number[];
  /** Number of wrong answers. */
  readonly wrong: number;
}

/** Number of concurrent clients, and maximum milliseconds between two requests of a client. */
const CLIENTS = 4;
const MAX_PAUSE_MS = 10;

/**
 * Lets well-behaved clients send a request to a node repeatedly for some milliseconds. Every tenth request opens a new
 * connection.
 * @param right the body of the correct answer.
 */
export async function measureClients(given: {
  port: number;
  question: string;
  right: string;
  milliseconds: number;
}): Promise<Asked> {
  const all = await Promise.all(Array.from({ length: CLIENTS }, () => measureClient(given)));
  return {
    times: all.flatMap(({ times }) => times),
    wrong: all.reduce((sum, { wrong }) => sum + wrong, 0),
  };
}

async function measureClient({
  port,
  question,
  right,
  milliseconds,
}: Parameters<typeof measureClients>[0]): Promise<Asked> {
  const until = performance.now() + milliseconds;
  const times: number[] = [];
  let wrong = 0;
  let kept = await RawConnection.open(port);
  while (performance.now() < until) {
    if (times.length % 10 === 9) {
      kept.close();
      kept = await RawConnection.open(port);
    }
    const from = performance.now();
    kept.send(question);
    const answer = await kept.answer();
    times.push(performance.now() - from);
    if (answer?.status !== 200 || answer.body !== right) wrong += 1;
    await delay(MAX_PAUSE_MS * Math.random());
  }
  kept.close();
  return { times, wrong };
}

/** The response time in milliseconds that a share, from 0 to 1, of the answers did not exceed. */
export function percentile(times: readonly number[], share: number): number {
  return times.toSorted((a, b) => a - b)[Math.floor(share * (times.length - 1))] ?? Number.NaN;
}
