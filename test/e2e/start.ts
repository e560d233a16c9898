import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { endsOf, freePorts, REPOSITORY, temporaryFolder } from "../cli/harness.ts";

/** The fields of `.mapae/local/demo.json` that the tests use. */
export interface Demo {
  chain: string;
  node: string;
  registry: string;
  dids: { did: string; role: string; special: string; status: number; owner?: string; versions?: number[] }[];
  credentials: { name: string; file: string; verdict: string }[];
  lists: { issuer: string; number: number; uri: string }[];
}

const COMMAND: [string, ...string[]] = [process.execPath, join(REPOSITORY, "cli", "mapae.mjs"), "start"];

/** `mapae start` in its own folder. */
export class Start {
  readonly process: ChildProcess;
  readonly home: string;
  readonly ports: readonly string[];
  stdout = "";
  stderr = "";
  readonly #ended: Promise<unknown>;
  /** Its exit code, once all its output was read, which may be after its exit. */
  readonly closed: Promise<number | null>;

  readonly #command: typeof COMMAND;
  /** All starts in the folder, which are ended before the folder is removed. */
  #all: Start[] = [];

  constructor(home: string, ports: readonly string[], command = COMMAND) {
    const [program, ...args] = command;
    this.#command = command;
    this.home = home;
    this.ports = ports;
    const [MAPAE_CHAIN_PORT, MAPAE_HTTP_PORT] = ports;
    const env = { ...process.env, MAPAE_HOME: home, MAPAE_CHAIN_PORT, MAPAE_HTTP_PORT };
    this.process = spawn(program, args, { env, cwd: REPOSITORY, stdio: ["ignore", "pipe", "pipe"] });
    this.#ended = once(this.process, "exit");
    this.closed = once(this.process, "close").then(([code]) => code as number | null);
    this.process.stdout?.on("data", (chunk) => {
      this.stdout += chunk;
    });
    this.process.stderr?.on("data", (chunk) => {
      this.stderr += chunk;
    });
  }

  static async in(
    t: { after(end: () => Promise<unknown>): void },
    ports?: readonly string[],
    command = COMMAND,
  ): Promise<Start> {
    const all: Start[] = [];
    // Hooks run in this order: the processes end before their folder is removed.
    endsOf(t)(() => Promise.all(all.map((one) => one.end("SIGTERM"))));
    // The printed commands have to work in a folder with a space, too.
    const start = new Start(join(await temporaryFolder(t), "its $HOME here"), ports ?? (await freePorts(2)), command);
    start.#all = all;
    all.push(start);
    return start;
  }

  /** Runs the command again, in the same folder and on the same ports. It ends with the test, too. */
  again(): Start {
    const next = new Start(this.home, this.ports, this.#command);
    this.#all.push(next);
    return next;
  }

  /** Waits until the output matches; fails the test when the process exits before. */
  async prints(what: RegExp, stream: "stdout" | "stderr" = "stdout"): Promise<void> {
    while (!what.test(this[stream])) {
      this.expectAlive();
      await Promise.race([once(this.process[stream] as NodeJS.ReadableStream, "data"), this.#ended]);
    }
  }

  /** Fails with its exit code and error output if it has exited. */
  expectAlive(): void {
    const { exitCode, signalCode } = this.process;
    assert(exitCode === null && signalCode === null, `the demo ended with ${exitCode ?? signalCode}:\n${this.stderr}`);
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.process.kill(signal);
    await this.#ended;
    return this.process.exitCode;
  }

  async demo(): Promise<Demo> {
    return JSON.parse(await readFile(join(this.home, "local", "demo.json"), "utf8"));
  }
}
