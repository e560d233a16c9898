import { spawn } from "node:child_process";
import { join } from "node:path";
import { JsonRpcProvider } from "ethers";
import { REPOSITORY } from "../../../cli/files/repository.ts";
import { httpRpc, type NetworkDescriptor, rpcReader } from "../../../resolver/index.ts";
import { endProcess } from "../../rehearsal/ends.ts";
import { freePorts } from "../../rehearsal/free-ports.ts";
import { until } from "../../rehearsal/until.ts";
import { type CountingProxy, countingProxy } from "./counting-proxy.ts";
import { deployBenchNetwork } from "./deploy.ts";
import { outerEnvironment } from "./environment.ts";
import { openFolder } from "./folder.ts";

/** A chain and a node in their own processes, and a counter of the node's calls to the chain. */
export interface Stage extends AsyncDisposable {
  readonly descriptor: NetworkDescriptor;
  /** Path of the descriptor's file. */
  readonly file: string;
  readonly rpcUrl: string;
  readonly provider: JsonRpcProvider;
  readonly nodeUrl: string;
  /** The proxy through which the node reads the chain. */
  readonly nodeRpc: CountingProxy;
}

/** Starts a chain, deploys the registries on it and starts a node. When a step fails, everything that was started is stopped. */
export async function openStage(): Promise<Stage> {
  await using started = new AsyncDisposableStack();
  const folder = started.use(await openFolder());
  const [chainPort = "", nodePort = ""] = await freePorts(2);
  const hardhat = join(REPOSITORY, "node_modules", "hardhat", "dist", "src", "cli.js");
  // The network `default` allows many blocks with the same time. Otherwise block times would run ahead of the clock, and a
  // node rejects such blocks.
  started.use(start([hardhat, "--network", "default", "node", "--port", chainPort]));
  const rpcUrl = `http://127.0.0.1:${chainPort}`;
  const reader = rpcReader(httpRpc({ url: rpcUrl }));
  const chainId = await until("the chain answers", () => reader.chainId().catch(() => undefined));

  const provider = new JsonRpcProvider(rpcUrl, chainId, { staticNetwork: true, batchStallTime: 0, cacheTimeout: -1 });
  started.defer(() => provider.destroy());
  const signer = await provider.getSigner(0);
  const { descriptor, file } = await deployBenchNetwork({ signer, reader, folder: folder.path });

  const nodeRpc = await countingProxy(rpcUrl);
  started.defer(() => nodeRpc.close());
  const env = {
    MAPAE_NETWORK: file,
    MAPAE_RPC_URLS: nodeRpc.url,
    MAPAE_DATA_DIR: join(folder.path, "index"),
    MAPAE_HTTP_PORT: nodePort,
    MAPAE_METRICS_PORT: "off",
  };
  started.use(start([join(REPOSITORY, "cli", "mapae.mjs"), "node"], env));
  const nodeUrl = `http://127.0.0.1:${nodePort}`;
  await until("the node is ready", async () => (await fetch(`${nodeUrl}/ready`).catch(() => undefined))?.ok);
  const all = started.move();
  return {
    descriptor,
    file,
    rpcUrl,
    provider,
    nodeUrl,
    nodeRpc,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

function start(args: readonly string[], env: Record<string, string> = {}): AsyncDisposable {
  const child = spawn(process.execPath, args, {
    cwd: REPOSITORY,
    env: { ...outerEnvironment(), ...env },
    stdio: "ignore",
  });
  return { [Symbol.asyncDispose]: () => endProcess(child, "SIGTERM") };
}
