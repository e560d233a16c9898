import { z } from "zod";

/** What became of one check. `exitcode` is one of {@link OUTCOMES}. */
const result = z.object({ name: z.string(), exitcode: z.int(), num_bounded_loops: z.int().nullable() });

/** What halmos writes for a run, as far as it is read here: results by `source:contract`. */
export const halmosReport = z.object({ test_results: z.record(z.string(), z.array(result)) });

export type HalmosReport = z.infer<typeof halmosReport>;

/** One function that halmos has to prove: its contract as `source:contract`, its signature. */
export type Check = Readonly<{ contract: string; signature: string }>;

/** Halmos' exit codes of a check, in their order from 0 on. */
const OUTCOMES = [
  "proven",
  "there is a counterexample",
  "the solver ran out of time",
  "halmos met what it can't execute",
  "every path reverts, so nothing is proven",
  "halmos threw an exception",
] as const;
const PROVEN = OUTCOMES.indexOf("proven");
const COUNTEREXAMPLE = OUTCOMES.indexOf("there is a counterexample");

/**
 * Every check must be proven with all its loops unrolled to their end. It must also have a witness, or it might be true
 * of nothing: in a run where it claims what is false, halmos must find a counterexample.
 *
 * @returns one complaint each; none when all is proven.
 */
export function complaints(checks: readonly Check[], proofs: HalmosReport, witnesses: HalmosReport): string[] {
  if (checks.length === 0) return ["there is no check"];
  return checks.flatMap((check) => {
    const name = `${check.contract.replace(/^.*:/, "")}.${check.signature}`;
    const proof = find(proofs, check);
    const witness = find(witnesses, check);
    const cutOff = proof?.exitcode === PROVEN && proof.num_bounded_loops !== 0;
    return [
      ...(proof?.exitcode === PROVEN ? [] : [`${name} is not proven: ${outcome(proof)}`]),
      ...(cutOff ? [`${name} is not proven: a loop was cut off`] : []),
      ...(witness?.exitcode === COUNTEREXAMPLE ? [] : [`${name} has no witness: ${outcome(witness)}`]),
    ];
  });
}

function find(report: HalmosReport, { contract, signature }: Check) {
  return report.test_results[contract]?.find(({ name }) => name === signature);
}

function outcome(found: z.infer<typeof result> | undefined): string {
  if (!found) return "halmos did not run it";
  return OUTCOMES[found.exitcode] ?? `halmos' exit code is ${found.exitcode}, which is none that it had`;
}
