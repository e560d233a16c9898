import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { REPOSITORY } from "../../cli/files/repository.ts";
import { type Child, startChild } from "../../cli/local/child.ts";
import { loadConfig } from "../../node/config/config.ts";
import { startNode } from "../../node/main.ts";
import type { NodeReport } from "../../node/runtime/status.ts";
import type { NetworkDescriptor } from "../../resolver/index.ts";
import { until } from "../../scripts/rehearsal/until.ts";
import { freePorts } from "../cli/harness.ts";

/** The digest and the content hash of a node, which are equal for all honest nodes at a block. */
export interface Holding {
  readonly digest: NodeReport["digest"];
  readonly content: string | undefined;
}

/** A node in its own process, started as by an operator, but with V8's inspector. */
export interface SoakNode {
  readonly child: Child;
  readonly pid: number;
  readonly url: string;
  readonly metricsUrl: string;
  readonly inspectorUrl: string;
  readonly env: Readonly<Record<string, string>>;
  report(): Promise<NodeReport>;
}

export interface SoakNodeOptions {
  readonly folder: string;
  readonly network: NetworkDescriptor;
  readonly rpcUrl: string;
  /** Value of the variable `NODE_OPTIONS`. */
  readonly nodeOptions?: string | undefined;
}

export async function startSoakNode({ folder, network, rpcUrl, nodeOptions }: SoakNodeOptions): Promise<SoakNode> {
  const descriptor = join(folder, "network.json");
  await writeFile(descriptor, JSON.stringify(network));
  const [http = "", metrics = ""] = await freePorts(2);
  const env = {
    MAPAE_NETWORK: descriptor,
    MAPAE_RPC_URLS: rpcUrl,
    MAPAE_DATA_DIR: join(folder, "index"),
    MAPAE_HTTP_PORT: http,
    MAPAE_METRICS_PORT: metrics,
    MAPAE_LOG_LEVEL: "warn",
  };
  const log = join(folder, "node.log");
  const child = startChild({
    args: ["--inspect=127.0.0.1:0", join(REPOSITORY, "cli", "mapae.mjs"), "node"],
    env: { PATH: process.env.PATH, ...(nodeOptions && { NODE_OPTIONS: nodeOptions }), ...env },
    log,
  });
  const inspectorUrl = await until("the inspector of the node listens", async () => {
    assert.equal(child.process.exitCode, null, await child.tail());
    return /ws:\S+/.exec(await readFile(log, "utf8"))?.[0];
  });
  const url = `http://127.0.0.1:${http}`;
  const report = async () => (await (await fetch(`${url}/status`)).json()) as NodeReport;
  await until("the node follows", async () => {
    assert.equal(child.process.exitCode, null, await child.tail());
    const now = await report().catch(() => undefined); // the node does not listen yet
    return now?.state.kind === "following";
  });
  return {
    child,
    pid: child.process.pid ?? assert.fail("the node has no process"),
    url,
    metricsUrl: `http://127.0.0.1:${metrics}`,
    inspectorUrl,
    env,
    report,
  };
}

/**
 * Stops a node, which must exit properly, and reads its index.
 * @param block hash of the chain's newest block.
 */
export async function holdingOf(node: SoakNode, block: string): Promise<Holding> {
  let report: NodeReport | undefined;
  const isThere = async () => {
    report = await node.report();
    return report.digest?.hash === block && report.state.kind === "following" && report;
  };
  const { digest } = await until(`the node serves block ${block}`, isThere, () => report);
  const ended = once(node.child.process, "exit");
  node.child.process.kill("SIGTERM");
  assert.deepEqual(await ended, [0, null], await node.child.tail());
  const left = await readHolding(node.env, block);
  assert.deepEqual(left.digest, digest);
  return left;
}

/**
 * Starts a node on a data directory in this process, lets it follow the chain to a block, and returns its digest and content
 * hash.
 */
export async function readHolding(env: Readonly<Record<string, string>>, block: string): Promise<Holding> {
  const config = loadConfig({ ...env, MAPAE_HTTP_PORT: "0", MAPAE_METRICS_PORT: "off" });
  const node = await startNode(config, { logger: pino({ level: "silent" }) });
  try {
    await until("the index is read", () => {
      const { digest, state } = node.report();
      return digest?.hash === block && state.kind === "following";
    });
    return { digest: node.report().digest, content: node.contentHash()?.hash };
  } finally {
    await node.stop();
  }
}
