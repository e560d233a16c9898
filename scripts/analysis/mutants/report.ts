import { z } from "zod";
import type { Mutant } from "./mutate.ts";
import type { Result } from "./results.ts";

/** Minimum share of the mutants that must be killed. */
export const LEAST_SCORE = 0.95;

/** Mutants that no test can kill, by their key, each with the reason. */
export const waivers = z.array(z.strictObject({ mutant: z.string(), why: z.string().min(20) }));
export type Waivers = z.infer<typeof waivers>;

/** A mutant and its result. */
export interface Judged {
  readonly mutant: Mutant;
  readonly result: Result;
}

/** Share of the mutants that were killed or timed out, among all that compile to other code than the original. */
export function score(judged: readonly Judged[]): { killed: number; of: number; share: number } {
  const { killed, timeout, survived } = count(judged);
  const of = killed + timeout + survived;
  return { killed: killed + timeout, of, share: of === 0 ? 0 : (killed + timeout) / of };
}

/** A table with a line for each group by `by`, and one for all mutants. */
export function table(judged: readonly Judged[], by: (mutant: Mutant) => string): string {
  const groups = [...new Set(judged.map(({ mutant }) => by(mutant)))].sort();
  const lines = [
    ["", "mutants", "not compiling", "same code", "killed", "timed out", "survived", "score"],
    ...groups.map((group) => [group, ...figures(judged.filter(({ mutant }) => by(mutant) === group))]),
    ["all", ...figures(judged)],
  ];
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) => line.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))))
    .map((line) => line.join("  "))
    .join("\n");
}

/** Survivors, each with its place, its change and its waiver. */
export function survivors(judged: readonly Judged[], waived: Waivers, sources: ReadonlyMap<string, string>): string[] {
  return judged
    .filter(({ result }) => result.outcome === "survived")
    .map(({ mutant }) => {
      const why = waived.find(({ mutant: key }) => key === mutant.key)?.why;
      const place = `${mutant.file}:${mutant.line} ${mutant.operator}`;
      return [place, diff(sources.get(mutant.file) ?? "", mutant.source), why ?? "no waiver", mutant.key].join("\n  ");
    });
}

/**
 * Complaints about survivors without a waiver; about waivers of killed or missing mutants, because an old waiver would hide
 * a new fault; and about a low score, if all mutants were judged.
 *
 * @returns one complaint for each fault; none when there is no fault.
 */
export function complaints({
  judged,
  all,
  waived,
}: {
  judged: readonly Judged[];
  all: readonly Mutant[];
  waived: Waivers;
}): string[] {
  const known = new Set(all.map(({ key }) => key));
  const outcomes = new Map(judged.map(({ mutant, result }) => [mutant.key, result.outcome]));
  const { share } = score(judged);
  return [
    ...[...outcomes]
      .filter(([key, outcome]) => outcome === "survived" && !waived.some(({ mutant }) => mutant === key))
      .map(([key]) => `survived, and no waiver says why: ${key}`),
    ...waived
      .filter(({ mutant }) => !known.has(mutant) || (outcomes.get(mutant) ?? "survived") !== "survived")
      .map(
        ({ mutant }) =>
          `waiver of a mutant that ${known.has(mutant) ? "does not survive" : "does not exist"}: ${mutant}`,
      ),
    ...(judged.length === all.length && share < LEAST_SCORE
      ? [`${percent(share)} of the mutants are killed, at least ${percent(LEAST_SCORE)} should be`]
      : []),
  ];
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function count(judged: readonly Judged[]): Record<Result["outcome"], number> {
  const counts = { killed: 0, timeout: 0, survived: 0, equal: 0, invalid: 0 };
  for (const { result } of judged) counts[result.outcome] += 1;
  return counts;
}

function figures(judged: readonly Judged[]): string[] {
  const { invalid, equal, killed, timeout, survived } = count(judged);
  const { of, share } = score(judged);
  const counts = [judged.length, invalid, equal, killed, timeout, survived].map(String);
  return [...counts, of === 0 ? "-" : percent(share)];
}

/** The differing lines as in a diff. They are contiguous, because a mutant is one change. */
function diff(before: string, after: string): string {
  const [old, fresh] = [before.split("\n"), after.split("\n")];
  let top = 0;
  while (top < old.length && old[top] === fresh[top]) top += 1;
  let bottom = 0;
  while (bottom < old.length - top && old.at(-1 - bottom) === fresh.at(-1 - bottom)) bottom += 1;
  const changed = (sign: string, lines: string[]) =>
    lines.slice(top, lines.length - bottom).map((line) => `${sign} ${line.trim()}`);
  return [...changed("-", old), ...changed("+", fresh)].join("\n  ");
}
