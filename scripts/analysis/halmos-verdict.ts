import { z } from "zod";

/** Result of one check. `exitcode` is an index of {@link OUTCOMES}. */
const result = z.object({ name: z.string(), exitcode: z.int(), num_bounded_loops: z.int().nullable() });

/** The part of halmos' report that is read here: results by `source:contract`. */
export const halmosReport = z.object({ test_results: z.record(z.string(), z.array(result)) });

export type HalmosReport = z.infer<typeof halmosReport>;

/** One function that halmos has to prove: its contract as `source:contract`, its signature. */
export type Check = Readonly<{ contract: string; signature: string }>;

/** Halmos' exit codes of a check, in their order from 0 on. */
const OUTCOMES = [
  "proven",
  "there is a counterexample",
  "the solver ran out of time",
  "halmos met an instruction that it can't execute",
  "every path reverts, so nothing is proven",
  "halmos threw an exception",
] as const;
const PROVEN = OUTCOMES.indexOf("proven");
const COUNTEREXAMPLE = OUTCOMES.indexOf("there is a counterexample");

/**
 * Every check must be proven with all its loops fully unrolled. It must also have a witness, because it could hold
 * vacuously: in a run in which the check claims something false, halmos must find a counterexample.
 *
 * @returns one complaint for each failure; none when everything is proven.
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
  return OUTCOMES[found.exitcode] ?? `halmos' exit code ${found.exitcode} is unknown`;
}
