import { copyArtifacts, placeCode } from "./artifacts.ts";
import type { Code, Compiler, Kind } from "./compile.ts";
import type { Mutant } from "./mutate.ts";
import { ordered, testsOf } from "./test-files.ts";
import { type Killer, MutationRunError, openTests, type Verdict } from "./tests.ts";

/** An `equal` mutant has the code of the original, an `invalid` one does not compile: no test can kill them. */
export type Judgement = Verdict | { readonly outcome: "equal" | "invalid" };

/** Timeout of a mutant: this many times the duration of all tests without a mutant, and at least a minute, in milliseconds. */
const TIMEOUT_FACTOR = 10;
const LEAST_TIMEOUT_MS = 60_000;
/** Timeout of the first run, which usually takes half a minute. */
const FIRST_TIMEOUT_MS = 30 * 60_000;

/** Decides for one mutant at a time whether a test fails for it. */
export interface Judge {
  judge(mutant: Mutant): Promise<Judgement>;
  close(): void;
}

/**
 * Opens a judge, after running the tests on the unmutated contracts.
 *
 * @param setup `files` are the test files that may kill; `clock` returns milliseconds.
 * @throws {MutationRunError} when a test fails without a mutant, because it would kill all mutants.
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
  const timeout = Math.max(LEAST_TIMEOUT_MS, TIMEOUT_FACTOR * (clock() - started));

  /** By the place of mutants, the tests that killed there, the last one first: they are most likely to kill the next one. */
  const killers = new Map<string, Killer[]>();
  const verdictOn = async ({ key, file }: Mutant, kind: Kind): Promise<Verdict> => {
    const [place = ""] = key.split(": ");
    const likely = killers.get(place) ?? [];
    const verdict = await tests.run({ likely, files: ordered(testsOf(kind, files), file) }, timeout);
    if (verdict.outcome !== "killed") return verdict;
    killers.set(place, [verdict, ...likely.filter(({ file, by }) => file !== verdict.file || by !== verdict.by)]);
    return verdict;
  };

  /** The harnesses, which take as long to compile as the contracts, are used only for a mutant that otherwise survives. */
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
