import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { RawConnection } from "../node/http/raw.ts";

export interface Asked {
  /** Milliseconds that each answer took. */
  readonly times: readonly number[];
  /** Answers that were not what they should be. */
  readonly wrong: number;
}

/** Clients that ask side by side, and the longest that one waits between two questions, in milliseconds. */
const CLIENTS = 4;
const LONGEST_PAUSE = 10;

/**
 * Well-behaved clients that ask a node for so long. Each tenth question is on a new connection.
 * @param right the one right answer.
 */
export async function others(given: {
  port: number;
  question: string;
  right: string;
  milliseconds: number;
}): Promise<Asked> {
  const all = await Promise.all(Array.from({ length: CLIENTS }, () => other(given)));
  return {
    times: all.flatMap(({ times }) => times),
    wrong: all.reduce((sum, { wrong }) => sum + wrong, 0),
  };
}

async function other({ port, question, right, milliseconds }: Parameters<typeof others>[0]): Promise<Asked> {
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
    await delay(LONGEST_PAUSE * Math.random());
  }
  kept.close();
  return { times, wrong };
}

/** What a share of the answers did not exceed, in milliseconds. */
export function percentile(times: readonly number[], share: number): number {
  return times.toSorted((a, b) => a - b)[Math.floor(share * (times.length - 1))] ?? Number.NaN;
}
