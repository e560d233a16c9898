import { readFile, rename, writeFile } from "node:fs/promises";
import * as z from "zod";
import type { GateDecision } from "./check.ts";
import type { PolicyName } from "./policies.ts";

/** How often each reason occurred at each place. A gate stores nothing else: neither persons nor times. */
export type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

const countsSchema = z.record(z.string(), z.record(z.string(), z.number()));

export class GateCounts {
  readonly #file: string;
  #counts: Record<string, Record<string, number>> = {};
  #written: Promise<void> = Promise.resolve();
  constructor(file: string) {
    this.#file = file;
  }

  get current(): Counts {
    return this.#counts;
  }

  /** Reads the counts of earlier runs. They begin again where the file is damaged: no gate stays closed for its counts. */
  async load(): Promise<void> {
    try {
      this.#counts = countsSchema.parse(JSON.parse(await readFile(this.#file, "utf8")));
    } catch (error) {
      const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
      const isDamaged = error instanceof SyntaxError || error instanceof z.ZodError;
      if (!isMissing && !isDamaged) throw error;
    }
  }

  /**
   * Counts a decision. The file is replaced as a whole, one change after the other. A disk that is full loses counts, and keeps
   * nobody out.
   */
  async add(place: PolicyName, { reason }: GateDecision): Promise<void> {
    const counts = this.#counts[place] ?? {};
    this.#counts[place] = { ...counts, [reason]: (counts[reason] ?? 0) + 1 };
    this.#written = this.#written.then(() => this.#write());
    await this.#written;
  }

  async #write(): Promise<void> {
    const unfinished = `${this.#file}.part`;
    try {
      await writeFile(unfinished, JSON.stringify(this.#counts), { flush: true });
      await rename(unfinished, this.#file);
    } catch (error) {
      console.error(`The counts could not be stored: ${(error as NodeJS.ErrnoException).code}`);
    }
  }
}
