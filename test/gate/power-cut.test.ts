import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Level } from "level";
import { openGate } from "../../gate/gate.ts";
import { levelStore } from "../../gate/level-store.ts";
import { readBundle } from "../../resolver/proofs/bundle.ts";
import { temporaryFolder } from "../cli/harness.ts";
import { Random } from "../helpers/random.ts";
import { seedOf } from "../helpers/seeds.ts";
import { describeEnvelope } from "./describe-state.ts";
import { type GateStage, gateOf, gateStage, POLICY } from "./stage.ts";

const IMPORTER = fileURLToPath(new URL("importer.ts", import.meta.url));
/** Bundles and deltas in turn, and how often a gate is killed. */
const BUNDLES = 8;
const KILLS = Number(process.env.MAPAE_KILLS ?? 8);

let stage: GateStage;
const files: Uint8Array[] = [];
/** The proven states of each bundle, and its block. */
const wanted: Awaited<ReturnType<typeof describeEnvelope>>[] = [];

before(async () => {
  stage = await gateStage();
  let since: number | undefined;
  for (let at = 0; at < BUNDLES; at++) {
    await stage.revoke(1_000 + at);
    files.push(await stage.bytes(since !== undefined && at % 3 !== 0 ? { since } : {}));
    wanted.push(await describeEnvelope(stage, (await stage.bundle()).envelope));
    since = wanted.at(-1)?.asOf.number;
  }
});

async function folderOf(t: Parameters<typeof temporaryFolder>[0]): Promise<string> {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "network.json"), JSON.stringify(stage.network));
  await writeFile(join(folder, "policy.json"), JSON.stringify(POLICY));
  for (const [at, bytes] of files.entries()) await writeFile(join(folder, `${at}.bundle`), bytes);
  return folder;
}

/** Runs a gate until it ends, or kills it some time after a line. */
async function run(folder: string, kill?: { readonly after: number; readonly delay: number }) {
  const child = spawn(process.execPath, [IMPORTER, folder, String(BUNDLES)], { stdio: ["ignore", "pipe", "inherit"] });
  const lines: { opened?: number | null; held?: number; closed?: true }[] = [];
  const exited = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(JSON.parse(line));
    if (lines.length === kill?.after) setTimeout(() => child.kill("SIGKILL"), kill.delay);
  }
  await exited;
  return lines;
}

test("a gate that is killed at any point of an import has the one before or the next one, whole", async (t) => {
  const random = new Random(seedOf("FC_SEED"));
  const numbers = wanted.map(({ asOf }) => asOf.number);
  let folder = await folderOf(t);
  let last: number | undefined;
  let killed = 0;
  while (killed < KILLS) {
    const lines = await run(folder, { after: random.whole(1, 5), delay: random.next() * 12 });
    const opened = lines[0]?.opened;
    // It still has every bundle that it had reported, and possibly one more.
    assert.ok((opened ?? -1) >= (last ?? -1), `held ${last}, opened with ${opened}`);
    assert.ok(opened === null || numbers.includes(opened as number));
    last = lines.findLast(({ held }) => held !== undefined)?.held ?? opened ?? undefined;
    const store = await levelStore(join(folder, "gate"), stage.network);
    const kept = await store.load();
    await store.close();
    if (kept !== undefined) {
      const held = await describeEnvelope(stage, (await readBundle(kept.bundle)).envelope);
      const at = numbers.indexOf(held.asOf.number);
      assert.deepEqual(held, wanted[at]);
      assert.equal(kept.blocks.at(-1)?.hash, wanted[at]?.asOf.hash);
      assert.ok(at >= numbers.indexOf(last ?? -1));
    }
    if (lines.at(-1)?.closed) {
      folder = await folderOf(t);
      last = undefined;
    } else killed++;
  }
});

test("a gate that is opened again holds what it held, and remembers which blocks it held and the clock", async (t) => {
  const folder = join(await temporaryFolder(t), "gate");
  const first = await gateOf(stage, { store: await levelStore(folder, stage.network) });
  for (const bytes of files) await first.gate.importBundle(bytes);
  first.clock.now += 1_000;
  await first.gate.check({ credential: await stage.presented(), nonce: "" });
  await first.gate.close();
  const second = await gateOf(stage, { store: await levelStore(folder, stage.network) });
  assert.equal(second.gate.status().asOf?.hash, wanted.at(-1)?.asOf.hash);
  assert.equal(second.gate.status().clock, "behind");
  assert.equal((await second.gate.importBundle(files[0] as Uint8Array)).reason, "heldBefore");
  await second.gate.close();
});

test("one process has a gate's folder at a time, for one network", async (t) => {
  const folder = join(await temporaryFolder(t), "gate");
  const store = await levelStore(folder, stage.network);
  await assert.rejects(levelStore(folder, stage.network), { code: "GATE_STORE_LOCKED" });
  await store.close();
  const other = { ...stage.network, genesisHash: `0x${"11".repeat(32)}` as const };
  await assert.rejects(levelStore(folder, other), { code: "GATE_STORE_OTHER" });
  await (await levelStore(folder, stage.network)).close();
});

test("the database of another program is refused as a gate's folder, and left as it is", async (t) => {
  const folder = join(await temporaryFolder(t), "index");
  const index = new Level<string, string>(folder);
  await index.put("tip", "7");
  await index.close();
  await assert.rejects(levelStore(folder, stage.network), { code: "GATE_STORE_OTHER", message: /another program/ });
  await index.open();
  assert.deepEqual(await index.keys().all(), ["tip"]);
  await index.close();
});

test("altered or truncated files of a gate's folder are detected, or have no effect", async (t) => {
  const folder = join(await temporaryFolder(t), "gate");
  const { gate } = await gateOf(stage, { store: await levelStore(folder, stage.network) });
  await gate.importBundle(files[0] as Uint8Array);
  await gate.close();
  const random = new Random(seedOf("FC_SEED"));
  const names = (await readdir(folder)).filter((name) => /\.(?:log|ldb)$|MANIFEST/.test(name));
  for (let count = 0; count < 40; count++) {
    const copy = join(await temporaryFolder(t), "gate");
    await mkdir(copy, { recursive: true });
    for (const name of await readdir(folder)) await writeFile(join(copy, name), await readFile(join(folder, name)));
    const name = names[count % names.length] as string;
    const file = await open(join(copy, name), "r+");
    const { size } = await file.stat();
    const at = random.whole(0, size - 1);
    if (count % 4 === 3) await file.truncate(at);
    else await file.write(Buffer.of(random.whole(0, 255)), 0, 1, at);
    await file.close();
    try {
      const store = await levelStore(copy, stage.network);
      try {
        const found = await openGate({ network: stage.network, policy: POLICY, store, onFault: () => {} });
        const { asOf } = found.status();
        assert.ok(asOf === null || asOf.hash === wanted[0]?.asOf.hash, `${name} at ${at}`);
      } finally {
        await store.close();
      }
    } catch (error) {
      assert.match(String((error as { code?: string }).code), /^(GATE_STORE_|PROOF_)/, String(error));
    }
  }
});
