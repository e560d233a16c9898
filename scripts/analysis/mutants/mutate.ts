import { createHash } from "node:crypto";
import { argument, swap } from "./call-operators.ts";
import { arithmetic, bits, comparison, condition, environment, literal, logic } from "./expression-operators.ts";
import { deletion } from "./statement-operators.ts";
import { type Edit, type Node, type Operator, type Site, sites } from "./syntax-tree.ts";

const OPERATORS = {
  condition,
  comparison,
  logic,
  arithmetic,
  bits,
  literal,
  deletion,
  argument,
  swap,
  environment,
} satisfies Record<string, Operator>;

/** One small change of one contract. */
export interface Mutant {
  /**
   * Identifies it: `Contract.function: what -> instead`, with a number when the same change occurs more than once in a
   * function. It stays the same when lines move.
   */
  readonly key: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly operator: keyof typeof OPERATORS;
  /** The whole source with the change. */
  readonly source: string;
}

/** Every mutant of a source, in the order of the source. Equal changes are made once, by the first operator that makes them. */
export function mutate(file: string, source: string, tree: Node): Mutant[] {
  const bytes = Buffer.from(source);
  const made = new Set<string>();
  const times = new Map<string, number>();
  return [...sites(source, tree)].flatMap((site) =>
    Object.entries(OPERATORS).flatMap(([operator, edits]) =>
      edits(site)
        .filter(({ start, end, to }) => {
          const change = `${start} ${end} ${to}`;
          return made.size < made.add(change).size;
        })
        .map((edit) => {
          const name = `${placeOf(site)}: ${nameOf(site, edit)}`;
          const time = (times.get(name) ?? 0) + 1;
          times.set(name, time);
          return {
            key: time === 1 ? name : `${name} (${time})`,
            file,
            line: bytes.subarray(0, edit.start).toString().split("\n").length,
            operator: operator as Mutant["operator"],
            source: `${bytes.subarray(0, edit.start)}${edit.to}${bytes.subarray(edit.end)}`,
          };
        }),
    ),
  );
}

/** A sample of `count` mutants that a seed chooses. It depends on the keys, so other changes of a contract hardly alter it. */
export function sample(mutants: readonly Mutant[], count: number, seed: number): Mutant[] {
  const rank = ({ key }: Mutant) => createHash("sha256").update(`${seed} ${key}`).digest("hex");
  return [...mutants].sort((one, other) => (rank(one) < rank(other) ? -1 : 1)).slice(0, count);
}

/** `Contract.function`, or another member of the contract that a node is in. */
function placeOf({ node, parents }: Site): string {
  const around = [node, ...parents].reverse();
  const at = around.findIndex(({ nodeType }) => nodeType === "ContractDefinition");
  const [contract, member] = around.slice(at);
  return [contract?.name, member?.name || member?.kind].filter(Boolean).join(".");
}

function nameOf({ text }: Site, edit: Edit): string {
  const line = (code: string) => code.trim().replace(/\s+/g, " ");
  return `${line(text(edit))} -> ${edit.to === "" || edit.to === "{}" ? "nothing" : line(edit.to)}`;
}
