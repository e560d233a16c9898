import type { ServerStatus } from "./server-status.ts";

/** Blocks by which a server may be behind another one, because servers are not asked at the same moment. */
const MAX_LAG = 3;

/** A server, by its place in the list, with its status, or the reason why there is none. */
export interface Seen {
  readonly place: number;
  readonly look: ServerStatus | undefined;
  readonly trouble: string | undefined;
}

/** The faults of the validators, as text. */
export function troubles(seen: readonly Seen[]): readonly string[] {
  const looks = seen.flatMap(({ place, look }) => (look === undefined ? [] : [{ place, ...look }]));
  const best = Math.max(...looks.map(({ head }) => head));
  const idle = new Set(
    looks.flatMap(({ activity }) => (activity ?? []).filter(({ blocks }) => blocks === 0).map((one) => one.validator)),
  );
  const validators = Math.max(0, ...looks.map(({ activity }) => activity?.length ?? 0));
  return [
    ...seen.flatMap(({ place, trouble }) =>
      trouble === undefined ? [] : [`server ${place} does not answer: ${trouble}`],
    ),
    ...looks
      .filter(({ head }) => best - head > MAX_LAG)
      .map(({ place, head }) => `server ${place} is ${best - head} blocks behind: does its validator hang?`),
    ...looks
      .filter(({ round }) => round !== null && round > 0)
      .map(
        ({ place, round }) =>
          `the newest block of server ${place} took ${round} rounds more than one: a validator is late or missing`,
      ),
    ...looks
      .filter(({ peers }) => peers !== null && peers < validators - 1)
      .map(({ place, peers }) => `server ${place} is connected with ${peers} of ${validators - 1} other validators`),
    ...[...idle].map((validator) => `validator ${validator} sealed none of the newest blocks`),
  ];
}

/** Two looks at a validator, some time apart. */
export interface Progress {
  readonly before: ServerStatus | undefined;
  readonly after: ServerStatus | undefined;
}

/**
 * Whether a validator hangs while the chain continues: its newest block did not change, or it answered neither time, and
 * another validator has a newer block. When the whole chain stands still, no validator hangs.
 */
export function hangs(own: Progress, others: readonly Progress[]): boolean {
  const stands = own.after === undefined ? own.before === undefined : own.before?.head === own.after.head;
  if (!stands) return false;
  return others.some(({ before, after }) => {
    if (before === undefined || after === undefined) return false;
    return after.head > before.head + 1 && after.head > (own.after?.head ?? before.head) + 1;
  });
}
