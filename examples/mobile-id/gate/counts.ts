import { readFile, writeFile } from "node:fs/promises";
import type { GateDecision } from "./check.ts";
import type { PolicyName } from "./policies.ts";

/** How often each reason occurred at each place. A gate stores nothing else: neither persons nor times. */
export type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

export class GateCounts {
  readonly #file: string;
  #counts: Record<string, Record<string, number>> = {};
  constructor(file: string) {
    this.#file = file;
  }

  get current(): Counts {
    return this.#counts;
  }

  async load(): Promise<void> {
    try {
      this.#counts = JSON.parse(await readFile(this.#file, "utf8")) as Record<string, Record<string, number>>;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }

  async add(place: PolicyName, { reason }: GateDecision): Promise<void> {
    const counts = this.#counts[place] ?? {};
    this.#counts[place] = { ...counts, [reason]: (counts[reason] ?? 0) + 1 };
    await writeFile(this.#file, JSON.stringify(this.#counts));
  }
}
