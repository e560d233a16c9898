import { type ChildProcess, execFile, spawn } from "node:child_process";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import type { KnownMember } from "../../cli/founding/consortium.ts";
import { enodeOf, validatorAddress } from "../../cli/founding/validator-key.ts";
import { type Address, httpRpc, type RpcCall } from "../../resolver/index.ts";
import { endProcess } from "./ends.ts";
import { freePorts } from "./free-ports.ts";
import { installGeth } from "./geth.ts";
import { until } from "./until.ts";

/** Number of lines of geth's log in an error. */
const LAST_LINES = 20;

/** A validator of the consortium: a geth configured by the files of its kit. */
export interface Validator {
  readonly id: string;
  /** The account with which it seals, in lower case. */
  readonly account: Address;
  /** Its address for other validators. */
  readonly enode: string;
  /** URL of its JSON-RPC. */
  readonly url: string;
  rpc<T = unknown>(method: string, ...params: unknown[]): Promise<T>;
  /** Several calls in one request. */
  rpcs<T = unknown>(calls: readonly RpcCall[]): Promise<readonly T[]>;
  /** Copies a newly made kit to where the unit expects it. The kit takes effect at the next start. */
  place(member: KnownMember): Promise<void>;
  /** Starts it with the data of earlier runs. */
  start(): Promise<void>;
  isRunning(): boolean;
  /** Kills it without a shutdown. */
  kill(): Promise<void>;
  /** Types a command into geth's console, as an operator on its machine does. The console's output is ignored. */
  type(command: string): void;
}

/**
 * Copies a member's kit to where its unit expects it, in a folder that stands for its machine, and returns the validator
 * that the unit starts. Only ports, paths and the host of the JSON-RPC differ from the kit.
 */
export async function validatorOf(member: KnownMember, kit: string, machine: string): Promise<Validator> {
  const { id } = member;
  const geth = await installGeth();
  const [rpcPort = "", enginePort = "", metricsPort = ""] = await freePorts(3);
  const [etc, data] = [join(machine, "etc"), join(machine, "data")];
  const placed = (text: string) =>
    text.replaceAll("/opt/geth/geth", geth).replaceAll("/etc/geth", etc).replaceAll("/var/lib/geth", data);
  let placedAs = member;
  let unit = "";
  const place = async (as: KnownMember) => {
    await mkdir(etc, { recursive: true });
    await cp(kit, etc, { recursive: true });
    const toml = placed(await readFile(join(kit, "geth.toml"), "utf8"))
      .replace('HTTPHost = "0.0.0.0"', 'HTTPHost = "127.0.0.1"')
      .replace("HTTPPort = 8545", `HTTPPort = ${rpcPort}`)
      .replace("AuthPort = 8551", `AuthPort = ${enginePort}`)
      .replace("Port = 6060", `Port = ${metricsPort}`);
    await writeFile(join(etc, "geth.toml"), toml);
    unit = await readFile(join(kit, "geth.service"), "utf8");
    placedAs = as;
  };
  await place(member);
  const command = (name: string) => {
    const [, line = ""] = new RegExp(`^${name}=(.*)$`, "m").exec(unit) ?? [];
    // Paths are replaced in each word: those of this machine may have spaces.
    const [file = "", ...args] = line.split(" ").map(placed);
    return { file, args };
  };
  const url = `http://127.0.0.1:${rpcPort}`;
  const rpc = httpRpc({ url, timeout: 60_000 });
  let running: ChildProcess | undefined;
  return {
    id,
    get account() {
      return validatorAddress(placedAs.validator);
    },
    get enode() {
      return enodeOf(placedAs);
    },
    place,
    url,
    async rpc<T>(method: string, ...params: unknown[]) {
      const [result] = await rpc([[method, params]]);
      return result as T;
    },
    rpcs: <T>(calls: readonly RpcCall[]) => rpc(calls) as Promise<readonly T[]>,
    isRunning: () => running !== undefined && running.exitCode === null && running.signalCode === null,
    async start() {
      const before = command("ExecStartPre");
      await promisify(execFile)(before.file, before.args);
      const { file, args } = command("ExecStart");
      // geth ends when the input of its console ends. So it also ends when this process is killed, which closes the pipe.
      const child = spawn(file, [...args, "console"], { stdio: ["pipe", "ignore", "pipe"] });
      running = child;
      const last: string[] = [];
      createInterface({ input: child.stderr }).on("line", (line) => {
        last.push(line);
        if (last.length > LAST_LINES) last.shift();
      });
      await until(
        `the validator of ${id} answers`,
        async () => {
          if (child.exitCode !== null)
            throw new Error(`geth of ${id} ended with ${child.exitCode}:\n${last.join("\n")}`);
          return rpc([["eth_chainId", []]]).then(Boolean, () => false);
        },
        () => last,
      );
    },
    async kill() {
      if (running !== undefined) await endProcess(running, "SIGKILL");
    },
    type(command) {
      running?.stdin?.write(`${command}\n`);
    },
  };
}
