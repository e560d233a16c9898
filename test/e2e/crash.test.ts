import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { Contract, encodeBytes32String, JsonRpcProvider } from "ethers";
import { pino } from "pino";
import { ARTIFACTS } from "../../cli/deploy/artifacts.ts";
import { deployNetwork } from "../../cli/deploy/deploy-network.ts";
import { fileJournal } from "../../cli/deploy/journal.ts";
import { loadConfig } from "../../node/config/config.ts";
import { startNode } from "../../node/main.ts";
import type { NodeReport } from "../../node/runtime/status.ts";
import { didRegistryAbi } from "../../resolver/abi.ts";
import { type Address, currentDeployment, httpRpc, rpcReader } from "../../resolver/index.ts";
import { endsOf, freePorts, REPOSITORY, startChain, temporaryFolder } from "../cli/harness.ts";

const KILLS = 4;

test("a node that is killed repeatedly while DIDs are written has the content of a new node in the end", async (t) => {
  const folder = await temporaryFolder(t);
  const chain = await startChain();
  t.after(() => chain.stop());
  const provider = new JsonRpcProvider(chain.url, 31_337, { staticNetwork: true, batchStallTime: 0, cacheTimeout: -1 });
  t.after(() => provider.destroy());
  const signer = await provider.getSigner(0);
  const council = signer.address.toLowerCase() as Address;
  const network = await deployNetwork({
    signer,
    governance: { council, guardian: council, delay: 0 },
    reader: rpcReader(httpRpc({ url: chain.url })),
    artifacts: ARTIFACTS,
    label: "local",
    consensus: { kind: "none" },
    finality: { kind: "depth", blocks: 20 },
    journal: fileJournal(join(folder, "journal.json")),
    fees: {},
  });
  const descriptor = join(folder, "network.json");
  await writeFile(descriptor, JSON.stringify(network));
  const [port = ""] = await freePorts(1);
  const env = {
    MAPAE_NETWORK: descriptor,
    MAPAE_RPC_URLS: chain.url,
    MAPAE_HTTP_PORT: port,
    MAPAE_METRICS_PORT: "off",
    MAPAE_POLL_MS: "20",
  };
  const crashing = { ...env, MAPAE_DATA_DIR: join(folder, "crashing") };

  let isKilling = true;
  const writing = write(provider, currentDeployment(network).registries.did.address, () => isKilling);
  let node = start(crashing);
  endsOf(t)(async () => node.kill("SIGKILL"));
  for (let kills = 0; kills < KILLS; kills++) {
    const from = await tipOf(port, node);
    // Kills at a random moment of the next blocks: during a request, a fold or a batch.
    while ((await tipOf(port, node)) < from + 40) await delay(5);
    await delay(Math.random() * 30);
    node.kill("SIGKILL");
    await once(node, "exit");
    node = start(crashing);
  }
  isKilling = false;
  await writing;
  const last = await provider.getBlockNumber();
  while ((await tipOf(port, node)) < last) await delay(20);
  node.kill("SIGTERM");
  assert.deepEqual(await once(node, "exit"), [0, null]);

  // The chain still makes empty blocks, so the content is that of the last write.
  const survivor = await contentOf({ ...crashing, MAPAE_HTTP_PORT: "0" }, last);
  const fresh = await contentOf({ ...env, MAPAE_HTTP_PORT: "0", MAPAE_DATA_DIR: join(folder, "fresh") }, last);
  assert.deepEqual(survivor, fresh);
});

/** Writes distinct values to three identities concurrently, as long as `goesOn` returns true. */
async function write(provider: JsonRpcProvider, registry: string, goesOn: () => boolean): Promise<void> {
  const signers = await Promise.all([1, 2, 3].map((account) => provider.getSigner(account)));
  const name = encodeBytes32String("did/svc/StatusLists/status");
  await Promise.all(
    signers.map(async (signer, at) => {
      const setAttribute = new Contract(registry, didRegistryAbi, signer).getFunction("setAttribute");
      for (let i = at; goesOn(); i += signers.length) {
        await setAttribute(signer.address, name, `0x${i.toString(16).padStart(64, "0")}`, 86_400);
      }
    }),
  );
}

function start(env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [join(REPOSITORY, "cli", "mapae.mjs"), "node"], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
}

/** Waits until a node serves a block, and returns the number of the newest. */
async function tipOf(port: string, node: ChildProcess): Promise<number> {
  for (;;) {
    assert.equal(node.exitCode, null, "the node exited by itself");
    const report = await fetch(`http://127.0.0.1:${port}/status`).then(
      (response) => response.json() as Promise<NodeReport>,
      () => undefined, // the node does not listen yet
    );
    if (report?.digest) return report.digest.block;
    await delay(20);
  }
}

async function contentOf(env: Record<string, string>, block: number) {
  const node = await startNode(loadConfig(env), { logger: pino({ level: "silent" }) });
  try {
    while ((node.report().digest?.block ?? 0) < block || node.report().state.kind !== "following") await delay(20);
    return { content: node.contentHash()?.hash, roots: node.report().digest?.roots };
  } finally {
    await node.stop();
  }
}
