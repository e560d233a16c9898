import { listOf, member, numberOf, textOf } from "./json.ts";

/** Most names that are shown. */
const MAX_NAMES = 100;

/** The validators or operators of a network, from its descriptor. */
export interface Sealers {
  readonly kind: "qbft" | "attested" | "none";
  /** Names of operators, or addresses of validators. */
  readonly names: readonly string[];
  /** How many of them have to sign. */
  readonly threshold: number;
}

/** @returns `undefined` for a value that is no descriptor. */
export function sealersOf(descriptor: unknown): Sealers | undefined {
  const consensus = member(descriptor, "consensus");
  const names = (of: string, ...path: string[]) =>
    listOf(member(consensus, of))
      .slice(0, MAX_NAMES)
      .flatMap((one) => textOf(member(one, ...path)) ?? []);
  switch (member(consensus, "kind")) {
    case "attested":
      return {
        kind: "attested",
        names: names("operators", "name"),
        threshold: numberOf(member(consensus, "threshold")) ?? 0,
      };
    case "qbft": {
      const validators = names("validators");
      return { kind: "qbft", names: validators, threshold: Math.ceil((2 * validators.length) / 3) };
    }
    case "none":
      return { kind: "none", names: [], threshold: 0 };
    default:
      return undefined;
  }
}
