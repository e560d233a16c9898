import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { NodeReport } from "../../node/runtime/status.ts";
import { endsOf, freePorts, REPOSITORY, temporaryFolder } from "../cli/harness.ts";
import { LargeChain } from "../helpers/large-chain.ts";
import { Random } from "../helpers/random.ts";
import { readerRpc } from "../helpers/reader-rpc.ts";
import { startRpcServer } from "../helpers/rpc-server.ts";
import { seedOf } from "../helpers/seeds.ts";

/** `RESTORE_DIDS=100000 RESTORE_STATUSES=1000000` makes a large run. */
const DIDS = Number(process.env.RESTORE_DIDS ?? 1_000);
const STATUSES = Number(process.env.RESTORE_STATUSES ?? 100_000);
const SEED = seedOf("RESTORE_SEED");
const KILLS = 3;
/** Limit of V8's heap in each process, in MiB: memory does not grow with the index. */
const HEAP_MB = 128;

test(`${DIDS} DIDs and ${STATUSES} statuses are backed up while a node serves them, and restored on an empty machine, which then serves them`, async (t) => {
  t.diagnostic(`RESTORE_SEED=${SEED}`);
  const random = new Random(SEED);
  const folder = await temporaryFolder(t);
  const chain = new LargeChain({ dids: DIDS, statuses: STATUSES });
  chain.roots(); // computed in advance, because a node's request would time out
  const server = await startRpcServer(readerRpc(chain));
  t.after(() => server[Symbol.asyncDispose]());
  const network = join(folder, "network.json");
  await writeFile(network, JSON.stringify(chain.network()));
  const file = join(folder, "backup");
  const ports = await freePorts(2);
  const machine = (name: string, at: number) => ({
    MAPAE_NETWORK: network,
    MAPAE_RPC_URLS: server.url,
    MAPAE_DATA_DIR: join(folder, name),
    MAPAE_HTTP_PORT: ports[at] ?? "",
    MAPAE_METRICS_PORT: "off",
    MAPAE_LOG_LEVEL: "error",
  });
  const figure = (what: string, { seconds, rss }: Ran) => {
    const memory = rss === undefined ? "" : `, at most ${Math.round(rss / 1_024)} MB of memory`;
    t.diagnostic(`${what}: ${seconds.toFixed(1)} s${memory}`);
  };

  const first = machine("first", 0);
  const node = mapae(["node"], first);
  endsOf(t)(async () => node.child.kill("SIGKILL"));
  const since = performance.now();
  const report = await served(node.child, first.MAPAE_HTTP_PORT, chain.tip);
  t.diagnostic(`${chain.events} events read from the chain: ${((performance.now() - since) / 1_000).toFixed(1)} s`);
  const backup = mapae(["backup", file, "--json"], first);
  figure("backup", await backup.done());
  const { contentHash, bytes } = JSON.parse(backup.stdout());
  t.diagnostic(`${bytes} bytes, ${(bytes / chain.events).toFixed(0)} an event`);

  const second = machine("second", 1);
  for (let kills = 0; kills < KILLS; kills++) {
    const broken = mapae(["restore", file, "--json"], second);
    await delay(random.whole(300, 2_000));
    broken.child.kill("SIGKILL");
    await broken.exitCode; // it may have finished before the kill: a fast machine restores everything in less than this delay
    if (!existsSync(second.MAPAE_DATA_DIR)) continue;
    const asked = mapae(["backup", join(folder, `after ${kills}`), "--json"], second);
    // Each of these states makes the next restore start again: a partial index, an empty one, or a complete one that no node
    // has compared with the chain.
    assert.notEqual(await asked.exitCode, 0);
    assert.match(JSON.parse(asked.stderr()).error.code, /^STORE_(?:UNFINISHED|EMPTY|UNVERIFIED)$/);
  }
  const restore = mapae(["restore", file, "--json"], second);
  const restored = await restore.done();
  figure("restore", restored);
  const revived = mapae(["node"], second);
  endsOf(t)(async () => revived.child.kill("SIGKILL"));
  const from = performance.now();
  const again = await served(revived.child, second.MAPAE_HTTP_PORT, chain.tip);
  const seconds = (performance.now() - from) / 1_000;
  t.diagnostic(
    `start to serving: ${seconds.toFixed(1)} s; restore to serving: ${(restored.seconds + seconds).toFixed(1)} s`,
  );
  assert.deepEqual(again.digest, report.digest);
  for (let asked = 0; asked < 100; asked++) {
    const did = `did:mapae:local:${chain.did(random.whole(0, DIDS - 1))}`;
    const answers = await Promise.all(ports.map((port) => documentOf(port, did)));
    assert.deepEqual(answers[0], answers[1]);
  }
  const compared = mapae(["verify-store", "--json"], second);
  figure("verify-store", await compared.done());
  assert.deepEqual([JSON.parse(compared.stdout()).differences, JSON.parse(compared.stdout()).compared], [0, true]);
  const other = mapae(["backup", join(folder, "again"), "--json"], second);
  await other.done();
  assert.equal(JSON.parse(other.stdout()).contentHash, contentHash);
  for (const { child } of [node, revived]) {
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "exit"), [0, null]);
  }
});

interface Ran {
  readonly seconds: number;
  /** Peak memory in KiB; `undefined` where the system does not tell. */
  readonly rss: number | undefined;
}

/** Runs the command line in its own process. */
function mapae(args: readonly string[], variables: Record<string, string>) {
  const env = { PATH: process.env.PATH, NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}`, ...variables };
  const child = spawn(process.execPath, [join(REPOSITORY, "cli", "mapae.mjs"), ...args], { env });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text) => {
    stdout += text;
  });
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const since = performance.now();
  let rss: number | undefined;
  const look = setInterval(async () => {
    rss = (await peakOf(child.pid)) ?? rss;
  }, 50);
  const exitCode = once(child, "close").then(([code]) => {
    clearInterval(look);
    return code as number | null;
  });
  return {
    child,
    exitCode,
    stdout: () => stdout,
    stderr: () => stderr,
    /** Waits until it exits, and asserts that it succeeded. */
    async done(): Promise<Ran> {
      assert.equal(await exitCode, 0, `${args.join(" ")}: ${stderr}`);
      return { seconds: (performance.now() - since) / 1_000, rss };
    },
  };
}

async function peakOf(pid: number | undefined): Promise<number | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) || undefined;
  } catch {
    return undefined; // the process exited, or the system has no such file
  }
}

/** Waits until a node serves a block. */
async function served(node: ChildProcess, port: string, block: number): Promise<NodeReport> {
  for (;;) {
    assert.deepEqual([node.exitCode, node.signalCode], [null, null], "the node exited by itself");
    const report = await fetch(`http://127.0.0.1:${port}/status`).then(
      (response) => response.json() as Promise<NodeReport>,
      () => undefined, // the node does not listen yet
    );
    if (report?.digest?.block === block) return report;
    await delay(50);
  }
}

/** A DID's document without the time of the request. */
async function documentOf(port: string, did: string) {
  const response = await fetch(`http://127.0.0.1:${port}/1.0/identifiers/${did}`);
  assert.equal(response.status, 200);
  const { didDocument, didDocumentMetadata } = (await response.json()) as Record<string, unknown>;
  return { didDocument, didDocumentMetadata };
}
