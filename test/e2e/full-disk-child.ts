/**
 * Program on a disk with little space. `fill` runs a node until the disk is full and checks that it still answers, and, on a
 * small disk, that it follows the chain again when space is freed. `after` checks, with free space, that nothing was lost. Both
 * share their observations by a file on another disk.
 */
import assert from "node:assert/strict";
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { startNode } from "../../node/main.ts";
import { openExport } from "../../node/operator/open-export.ts";
import { writeBackup } from "../../node/operator/write-backup.ts";
import type { NodeReport } from "../../node/runtime/status.ts";
import { ChainSimulator, type SimulatedWrite, simulatedIdentity } from "../helpers/chain-simulator.ts";
import { configFor, silent, until } from "../helpers/real-node.ts";
import { hashFromScratch } from "../helpers/simulated-node.ts";

interface Seen {
  /** Number of mined blocks. */
  readonly blocks: number;
  /** Number of the newest served block. */
  readonly served: number;
}

const WRITES_A_BLOCK = 40;
const [phase, directory = "", notes = "", disk] = process.argv.slice(2);
const chain = new ChainSimulator();
const network = chain.network();
const mine = () =>
  chain.mine(
    Array.from({ length: WRITES_A_BLOCK }, (_, identity): SimulatedWrite => {
      return { do: "attribute", identity, value: chain.tip.number % 70, validTo: 4e9 };
    }),
  );
const start = () =>
  startNode(configFor({ network, dataDir: join(directory, "index") }), { readers: [chain], logger: silent });

if (phase === "fill") {
  const node = await start();
  await until(() => node.report().state.kind === "following");
  const isFull = () => {
    const { state } = node.report();
    return "code" in state && state.code === "STORE_FULL";
  };
  for (;;) {
    mine();
    await until(() => isFull() || node.report().digest?.hash === chain.tip.hash);
    if (isFull()) break;
  }
  const report = (await (await fetch(`${node.url}/status`)).json()) as NodeReport;
  assert.equal(report.state.kind, "stale");
  assert.equal(report.digest?.block, chain.tip.number - 1);
  assert.equal((await fetch(`${node.url}/ready`)).status, 200);
  const answer = await fetch(`${node.url}/1.0/identifiers/did:mapae:local:${simulatedIdentity(0)}`);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("mapae-stale"), "true");
  if (disk === "small") {
    // Fills the space that the failed batch left free.
    const rest = openSync(join(directory, "rest"), "w");
    assert.throws(() => {
      for (;;) writeSync(rest, Buffer.alloc(4_096));
    }, /ENOSPC/);
    closeSync(rest);
    const [history, path] = [await openExport(join(directory, "index"), "history"), join(directory, "backup")];
    const written = writeBackup({ history, path, onProgress: () => {}, signal: new AbortController().signal });
    await assert.rejects(written, { code: "BACKUP_NOT_WRITTEN" });
    await history[Symbol.asyncDispose]();
    assert(!existsSync(path));
    for (const name of ["rest", "ballast"]) rmSync(join(directory, name));
    await until(() => node.report().state.kind === "following" && node.report().digest?.hash === chain.tip.hash);
    mine();
    await until(() => node.report().digest?.hash === chain.tip.hash);
    assert.equal(node.contentHash()?.hash, await hashFromScratch(chain, network));
  }
  await node.stop();
  const seen: Seen = { blocks: chain.tip.number, served: report.digest?.block ?? 0 };
  writeFileSync(notes, JSON.stringify(seen));
} else {
  const seen: Seen = JSON.parse(readFileSync(notes, "utf8"));
  while (chain.tip.number < seen.blocks) mine();
  const node = await start();
  assert((node.report().indexed ?? 0) >= seen.served, `${node.report().indexed} of ${seen.served}`);
  await until(() => node.report().digest?.hash === chain.tip.hash);
  assert.equal(node.contentHash()?.hash, await hashFromScratch(chain, network));
  await node.stop();
}
