import assert from "node:assert/strict";

/** How a proof that ran to its end, and found something, begins to say so. */
export const FOUND = "Parties learn what they must not:";

/** What parties saw, stored or logged that they should not have, of all of them at once. */
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

/** How the line of a party begins. */
export function learns(party: string): string {
  return `${party} learns:`;
}
