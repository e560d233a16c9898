import { readFile, rename, writeFile } from "node:fs/promises";
import type { StoredAnswers } from "../shared/stored-answers.ts";
import { type Network, takeEvidence } from "../shared/take-evidence.ts";

/** What a gate knows, and since when. */
export interface Facts {
  /** Unix seconds at which it was taken; 0 when nothing was. */
  readonly at: number;
  readonly answers: StoredAnswers;
}

/** The facts that a gate keeps on its disk: all public, about issuers, never about who came. */
export class GateFacts {
  readonly #file: string;
  #facts: Facts = { at: 0, answers: {} };
  constructor(file: string) {
    this.#file = file;
  }

  get current(): Facts {
    return this.#facts;
  }

  /** Reads what was kept; a gate without any lets nobody in. */
  async load(): Promise<void> {
    try {
      this.#facts = JSON.parse(await readFile(this.#file, "utf8")) as Facts;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }

  /** Takes new facts where there is a network. What was there stays when it fails. */
  async take(network: Network, issuers: readonly string[]): Promise<void> {
    const answers = await takeEvidence(network, issuers, fetch);
    const facts = { at: Math.floor(Date.now() / 1_000), answers };
    await writeFile(`${this.#file}.new`, JSON.stringify(facts));
    await rename(`${this.#file}.new`, this.#file);
    this.#facts = facts;
  }
}
