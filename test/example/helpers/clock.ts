import assert from "node:assert/strict";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const SHIFTED_DATE = pathToFileURL(join(import.meta.dirname, "shifted-date.ts")).href;

/**
 * The clock of this process and of every Node program that it starts from now on: that of the machine until somebody moves it ahead.
 * A chain that is no such program is moved by its own call.
 */
export class Clock {
  readonly #file: string;
  #ahead = 0;

  private constructor(file: string) {
    this.#file = file;
  }

  /** @param folder that outlives the programs. */
  static async in(folder: string): Promise<Clock> {
    const clock = new Clock(join(folder, "clock"));
    await clock.#write();
    process.env.SHIFTED_CLOCK = clock.#file;
    process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ""} --import=${SHIFTED_DATE}`.trim();
    await import(SHIFTED_DATE);
    return clock;
  }

  /** Lets time pass for all programs, and for a chain of Hardhat, which mines a block then. */
  async pass(seconds: number, chain: string): Promise<void> {
    this.#ahead += seconds;
    await this.#write();
    for (const [method, params] of [["evm_increaseTime", [seconds]] as const, ["evm_mine", []] as const]) {
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
      const answer = await fetch(chain, { method: "POST", headers: { "content-type": "application/json" }, body });
      const { error } = (await answer.json()) as { error?: unknown };
      assert.equal(error, undefined, JSON.stringify(error));
    }
  }

  /** Whole, or not at all: programs read it at any time. */
  async #write(): Promise<void> {
    await writeFile(`${this.#file}.new`, String(this.#ahead));
    await rename(`${this.#file}.new`, this.#file);
  }
}
