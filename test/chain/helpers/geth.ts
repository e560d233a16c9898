import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { promisify } from "node:util";
import type { DevelopmentAccount } from "../../../cli/local/accounts.ts";
import { httpRpc, rpcReader } from "../../../resolver/index.ts";
import { installGeth } from "../../../scripts/rehearsal/geth.ts";
import { type ChainSpec, GAS_LIMIT, genesis, writeKeystore } from "./genesis.ts";

/** Number of lines of geth's log in an error. */
const LAST_LINES = 30;

export interface GethOptions {
  /** Folder of the chain's data. */
  readonly folder: string;
  readonly spec: ChainSpec;
  /** The validator with whose key it seals. */
  readonly signer: DevelopmentAccount;
  /** Extra data of its blocks, which makes otherwise equal blocks by the same key different. */
  readonly extra: string;
  /** Maximum number of connections that it opens itself. It looks for a better chain once it has so many peers. */
  readonly maxPeers: number;
  /** Port of its JSON-RPC: after a restart the previous one, so that clients still reach it. By default any free port. */
  readonly port?: string;
}

/** A running geth. It does not seal until a test lets it. */
export interface Geth {
  readonly options: GethOptions;
  readonly url: string;
  /** Calls its JSON-RPC. Throws the errors of `httpRpc`. */
  rpc<T = unknown>(method: string, ...params: unknown[]): Promise<T>;
  readonly reader: ReturnType<typeof rpcReader>;
  /** The last lines of its log. */
  tail(): readonly string[];
  /** Shuts it down. */
  stop(): Promise<void>;
  /** Kills it without a shutdown. */
  kill(): Promise<void>;
}

/** Creates a folder with which {@link startGeth} can start. */
export async function initGeth({ folder, spec, signer }: GethOptions): Promise<void> {
  await mkdir(folder);
  const file = join(folder, "genesis.json");
  await writeFile(file, JSON.stringify(genesis(spec)));
  await writeFile(join(folder, "config.toml"), "[Node.P2P]\nDialRatio = 1\n");
  await writeFile(join(folder, "password"), "\n");
  await writeKeystore(folder, signer);
  await promisify(execFile)(await installGeth(), ["init", "--datadir", folder, file]);
}

/** Starts geth on a folder that {@link initGeth} created. */
export async function startGeth(options: GethOptions): Promise<Geth> {
  const binary = await installGeth();
  // geth exits when the input of its console ends. So it also exits when this process is killed, which closes the pipe.
  const child = spawn(binary, [...flags(options), "console"], { stdio: ["pipe", "ignore", "pipe"] });
  const log = lastLines(child);
  const url = await urlOf(child, log);
  const rpc = httpRpc({ url, timeout: 60_000 });
  return {
    options,
    url,
    async rpc<T>(method: string, ...params: unknown[]) {
      const [result] = await rpc([[method, params]]);
      return result as T;
    },
    reader: rpcReader(rpc),
    tail: () => log.last,
    stop: () => end(child, () => child.stdin?.end()),
    kill: () => end(child, () => child.kill("SIGKILL")),
  };
}

function flags({ folder, signer: { address }, extra, maxPeers, port = "0" }: GethOptions): string[] {
  return [
    ...["--config", join(folder, "config.toml"), "--datadir", folder, "--ipcdisable"],
    ...["--cache", "64", "--syncmode", "full", "--gcmode", "archive"],
    ...["--port", "0", "--nodiscover", "--nat", "none", "--netrestrict", "127.0.0.0/8", "--maxpeers", String(maxPeers)],
    ...["--http", "--http.addr", "127.0.0.1", "--http.port", port, "--authrpc.port", "0"],
    ...["--http.api", "eth,net,admin,debug,miner,txpool"],
    ...["--miner.etherbase", address, "--unlock", address, "--password", join(folder, "password")],
    ...["--allow-insecure-unlock", "--miner.extradata", extra],
    ...["--miner.gasprice", "1", "--miner.gaslimit", String(GAS_LIMIT)],
  ];
}

interface Log {
  readonly lines: Interface;
  readonly last: readonly string[];
}

/** Reads geth's log all the time, because geth blocks when the pipe is full. */
function lastLines(child: ChildProcess): Log {
  assert(child.stderr);
  const lines = createInterface({ input: child.stderr });
  const last: string[] = [];
  lines.on("line", (line) => {
    last.push(line);
    if (last.length > LAST_LINES) last.shift();
  });
  return { lines, last };
}

/** The URL of its JSON-RPC, from its log. */
async function urlOf(child: ChildProcess, { lines, last }: Log): Promise<string> {
  const found = new Promise<string>((resolve) => {
    lines.on("line", (line) => {
      const [, endpoint] = /HTTP server started +endpoint=(\S+) +auth=false/.exec(line) ?? [];
      if (endpoint !== undefined) resolve(`http://${endpoint}`);
    });
  });
  const ended = once(child, "close").then(([code]) => {
    throw new Error(`geth ended with ${code}:\n${last.join("\n")}`);
  });
  ended.catch(() => {}); // The exit is an error only until geth answers.
  return Promise.race([found, ended]);
}

async function end(child: ChildProcess, requestEnd: () => unknown): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  requestEnd();
  await ended;
}
