import assert from "node:assert/strict";

/** Beginning of the message when a complete search found something. */
export const FOUND = "Parties learn what they must not:";

/** Collects everything that parties saw, stored or logged and should not have. */
export class Findings {
  readonly #of = new Map<string, string[]>();

  add(party: string, found: readonly string[]): void {
    if (found.length > 0) this.#of.set(party, [...(this.#of.get(party) ?? []), ...found]);
  }

  /** Fails with a line for each party that learned something. */
  expectNone(): void {
    const lines = [...this.#of].map(
      ([party, [first = "", ...more]]) => `${learns(party)} ${first.slice(0, 160)} (and ${more.length} more)`,
    );
    assert(lines.length === 0, `${FOUND}\n${lines.join("\n")}\n`);
  }
}

/** Beginning of a party's line. */
export function learns(party: string): string {
  return `${party} learns:`;
}
