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

/** Lines of geth's log that an error repeats. */
const LAST_LINES = 30;

export interface GethOptions {
  /** Where the chain is kept. */
  readonly folder: string;
  readonly spec: ChainSpec;
  /** The validator whose key it seals with. */
  readonly signer: DevelopmentAccount;
  /** Text that its blocks carry: with the same key and another text, blocks differ that are equal in all else. */
  readonly extra: string;
  /** Connections that it makes, besides those that others make. It looks for a better chain once it has so many. */
  readonly maxPeers: number;
  /** Port of its JSON-RPC: that of the process before, so that who asks it finds it again. Any free one by default. */
  readonly port?: string;
}

/** A geth that runs. It does not seal until it is told to. */
export interface Geth {
  readonly options: GethOptions;
  readonly url: string;
  /** A call of its JSON-RPC. Throws as `httpRpc` does. */
  rpc<T = unknown>(method: string, ...params: unknown[]): Promise<T>;
  readonly reader: ReturnType<typeof rpcReader>;
  /** The last lines that it logged. */
  tail(): readonly string[];
  /** Ends it in good order. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): Promise<void>;
}

/** Makes a folder in which {@link startGeth} can start. */
export async function initGeth({ folder, spec, signer }: GethOptions): Promise<void> {
  await mkdir(folder);
  const file = join(folder, "genesis.json");
  await writeFile(file, JSON.stringify(genesis(spec)));
  await writeFile(join(folder, "config.toml"), "[Node.P2P]\nDialRatio = 1\n");
  await writeFile(join(folder, "password"), "\n");
  await writeKeystore(folder, signer);
  await promisify(execFile)(await installGeth(), ["init", "--datadir", folder, file]);
}

/** Starts geth on a folder that was made for it, or used before. */
export async function startGeth(options: GethOptions): Promise<Geth> {
  const binary = await installGeth();
  // Its console ends with its input, and with it geth: also when this process is killed, since that closes the pipe.
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

/** What it logs; that must be read all the time, or geth waits. */
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

/** Where it answers, as its log says. */
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
  ended.catch(() => {}); // It ends some day; only before it answers is that an error.
  return Promise.race([found, ended]);
}

async function end(child: ChildProcess, requestEnd: () => unknown): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  requestEnd();
  await ended;
}
