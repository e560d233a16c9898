import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { callChain } from "./chain.ts";

const SHIFTED_DATE = pathToFileURL(join(import.meta.dirname, "shifted-date.ts")).href;

/**
 * The clock of this process and of every Node program that it starts from now on: that of the machine until somebody moves it ahead.
 * A chain that is no such program is moved by its own call.
 */
export class Clock {
  readonly #file: string;
  readonly #readEvery: number;
  #ahead = 0;

  private constructor(file: string, readEvery: number) {
    this.#file = file;
    this.#readEvery = readEvery;
  }

  /** @param folder that outlives the programs. */
  static async in(folder: string): Promise<Clock> {
    const file = join(folder, "clock");
    await writeFile(file, "0");
    process.env.SHIFTED_CLOCK = file;
    process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ""} --import=${SHIFTED_DATE}`.trim();
    const { READ_EVERY } = (await import(SHIFTED_DATE)) as typeof import("./shifted-date.ts");
    return new Clock(file, READ_EVERY);
  }

  /** Lets time pass for a chain of Hardhat, which mines a block then, and for all programs: no one has the former time afterwards. */
  async pass(seconds: number, chain: string): Promise<void> {
    this.#ahead += seconds;
    await this.#write();
    await callChain(chain, "evm_increaseTime", [seconds]);
    await callChain(chain, "evm_mine", []);
  }

  /** Whole, or not at all: programs read it at any time. */
  async #write(): Promise<void> {
    await writeFile(`${this.#file}.new`, String(this.#ahead));
    await rename(`${this.#file}.new`, this.#file);
    await delay(2 * this.#readEvery);
  }
}
