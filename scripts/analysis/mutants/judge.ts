import { copyArtifacts, placeCode } from "./artifacts.ts";
import type { Code, Compiler, Kind } from "./compile.ts";
import type { Mutant } from "./mutate.ts";
import { ordered, testsOf } from "./test-files.ts";
import { type Killer, MutationRunError, openTests, type Verdict } from "./tests.ts";

/** A mutant that is `equal` has the code of the original, one that is `invalid` does not compile: no test can kill them. */
export type Judgement = Verdict | { readonly outcome: "equal" | "invalid" };

/** A mutant has this many times the time of all tests without one, and a minute at least, in milliseconds. */
const PATIENCE = 10;
const LEAST_TIMEOUT_MS = 60_000;
/** All tests take half a minute; a machine that needs this long has something else to do. */
const FIRST_TIMEOUT_MS = 30 * 60_000;

/** Says of one mutant after the other whether a test fails for it. */
export interface Judge {
  judge(mutant: Mutant): Promise<Judgement>;
  close(): void;
}

/**
 * Runs the tests on the contracts as they are first.
 *
 * @param setup `files` are those of the tests that may kill; `clock` counts milliseconds.
 * @throws {MutationRunError} when a test fails without a mutant: then it would kill all of them.
 */
export async function openJudge(setup: {
  compiler: Compiler;
  files: readonly string[];
  clock: () => number;
}): Promise<Judge> {
  const { compiler, files, clock } = setup;
  const originals = new Map(compiler.original.map((code) => [code.contract, code]));
  const originalsOf = (codes: readonly Code[]) => codes.flatMap(({ contract }) => originals.get(contract) ?? []);
  await copyArtifacts();
  await placeCode(compiler.original);

  const tests = openTests(files);
  const started = clock();
  const first = await tests.run({ likely: [], files }, FIRST_TIMEOUT_MS);
  if (first.outcome !== "survived" || first.passed === 0) {
    tests.close();
    throw new MutationRunError(`the tests fail without a mutant: ${JSON.stringify(first)}`);
  }
  const timeout = Math.max(LEAST_TIMEOUT_MS, PATIENCE * (clock() - started));

  /** By where a mutant is, the tests that killed there, from the last on: they are most likely to kill the next. */
  const killers = new Map<string, Killer[]>();
  const verdictOn = async ({ key, file }: Mutant, kind: Kind): Promise<Verdict> => {
    const [place = ""] = key.split(": ");
    const likely = killers.get(place) ?? [];
    const verdict = await tests.run({ likely, files: ordered(testsOf(kind, files), file) }, timeout);
    if (verdict.outcome !== "killed") return verdict;
    killers.set(place, [verdict, ...likely.filter(({ file, by }) => file !== verdict.file || by !== verdict.by)]);
    return verdict;
  };

  /** The harnesses, which take as long to compile as the contracts, only of what lives otherwise. */
  const judge = async (mutant: Mutant): Promise<Judgement> => {
    let judgement: Judgement = { outcome: "equal" };
    for (const kind of ["contract", "harness"] as const) {
      const codes = compiler.compile(mutant.file, mutant.source, kind);
      if (!codes) return { outcome: "invalid" };
      const before = originalsOf(codes);
      if (codes.every(({ bytecode }, at) => bytecode === before[at]?.bytecode)) continue;
      await placeCode(codes);
      judgement = await verdictOn(mutant, kind);
      await placeCode(before);
      if (judgement.outcome !== "survived") break;
    }
    return judgement;
  };
  return { judge, close: tests.close };
}
