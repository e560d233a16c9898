import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { JsonRpcProvider } from "ethers";
import { REPOSITORY } from "../../../cli/files/repository.ts";
import { httpRpc, type NetworkDescriptor, rpcReader } from "../../../resolver/index.ts";
import { type CountingProxy, countingProxy } from "./counting-proxy.ts";
import { deployBenchNetwork } from "./deploy.ts";

/** Longest wait for a process to answer, in milliseconds. */
const READY_WITHIN_MS = 60_000;

/** A chain and a node in processes of their own, as a user has them, and a counter of what the node asks the chain. */
export interface Stage {
  readonly descriptor: NetworkDescriptor;
  /** The descriptor's file. */
  readonly file: string;
  readonly rpcUrl: string;
  readonly provider: JsonRpcProvider;
  readonly nodeUrl: string;
  /** The chain as the node sees it. */
  readonly nodeRpc: CountingProxy;
  close(): Promise<void>;
}

/** Starts a chain, deploys the registries on it and starts a node. */
export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), "mapae-bench-"));
  const processes: ChildProcess[] = [];
  const chainPort = await freePort();
  const hardhat = join(REPOSITORY, "node_modules", "hardhat", "dist", "src", "cli.js");
  // Blocks of the clock's time, many within a second: a node refuses those that a chain dates into the future.
  processes.push(start([hardhat, "--network", "default", "node", "--port", String(chainPort)]));
  const rpcUrl = `http://127.0.0.1:${chainPort}`;
  const reader = rpcReader(httpRpc({ url: rpcUrl }));
  const chainId = await until("the chain", () => reader.chainId());

  const provider = new JsonRpcProvider(rpcUrl, chainId, { staticNetwork: true, batchStallTime: 0, cacheTimeout: -1 });
  const signer = await provider.getSigner(0);
  const { descriptor, file } = await deployBenchNetwork({ signer, reader, folder });

  const nodeRpc = await countingProxy(rpcUrl);
  const nodePort = await freePort();
  const env = {
    MAPAE_NETWORK: file,
    MAPAE_RPC_URLS: nodeRpc.url,
    MAPAE_DATA_DIR: join(folder, "index"),
    MAPAE_HTTP_PORT: String(nodePort),
    MAPAE_METRICS_PORT: "off",
  };
  processes.push(start([join(REPOSITORY, "cli", "mapae.mjs"), "node"], env));
  const nodeUrl = `http://127.0.0.1:${nodePort}`;
  await until("the node", async () => {
    if (!(await fetch(`${nodeUrl}/ready`)).ok) throw new Error("not ready");
  });
  return {
    descriptor,
    file,
    rpcUrl,
    provider,
    nodeUrl,
    nodeRpc,
    async close() {
      provider.destroy();
      for (const child of processes.reverse()) await stop(child);
      await nodeRpc.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Asks again and again until it is answered. */
export async function until<T>(what: string, ask: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      return await ask();
    } catch (cause) {
      if (performance.now() > deadline) {
        throw new Error(`Waited ${READY_WITHIN_MS / 1_000} s for ${what}, which did not come`, { cause });
      }
      await delay(50);
    }
  }
}

function start(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, args, { cwd: REPOSITORY, env: { ...outerEnvironment(), ...env }, stdio: "ignore" });
}

/** The environment without Mapae's own variables: a node refuses those of a bench, and is to follow the bench's chain. */
export function outerEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("MAPAE_")));
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}

/** A port of 127.0.0.1 on which nothing listens now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
