import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../../cli/harness.ts";
import { Random } from "../../helpers/random.ts";
import { seedOf } from "../../helpers/seeds.ts";
import { hashFromScratch } from "../../helpers/simulated-node.ts";
import type { Outcome } from "./damage-child.ts";
import { damagedChain, makeIndex } from "./damaged-index.ts";

/** Places in each file beside its ends; `DAMAGE_PLACES=1000` is the large run. */
const PLACES = Number(process.env.DAMAGE_PLACES ?? 10);
const SEED = seedOf("DAMAGE_SEED");
/** Bytes at each end of a file that are all damaged in the large run, and some of them in the small one. */
const ENDS = 48;

const DAMAGES: Record<string, (bytes: Buffer, at: number) => Buffer> = {
  "a bit is flipped": (bytes, at) => bytes.fill(bytes.readUInt8(at) ^ 0x20, at, at + 1),
  "the rest is cut off": (bytes, at) => bytes.subarray(0, at),
  "a sector is zero": (bytes, at) => bytes.fill(0, at, Math.min(bytes.length, at + 512)),
};

test("each file of an index, damaged at many places, is noticed or harmless: what is held is what the chain wrote", async (t) => {
  t.diagnostic(`DAMAGE_SEED=${SEED}`);
  const random = new Random(SEED);
  const folder = await temporaryFolder(t);
  const [whole, damaged] = [join(folder, "whole"), join(folder, "damaged")];
  await makeIndex(whole);
  const chain = damagedChain();
  const expected = await hashFromScratch(chain, chain.network());
  const files = new Map<string, Buffer>();
  for (const name of await readdir(whole)) {
    if (!/^(?:LOCK|LOG.*)$/.test(name)) files.set(name, await readFile(join(whole, name)));
  }
  assert(files.size > 4, [...files.keys()].join());
  const opener = new Opener();
  t.after(() => opener.close());
  const count = { "by Mapae": 0, "by LevelDB, which ended the process": 0, harmless: 0 };
  const trial = async (what: string, name: string, bytes: Buffer | undefined) => {
    await mkdir(damaged);
    for (const [other, content] of files) if (other !== name) await writeFile(join(damaged, other), content);
    if (bytes !== undefined) await writeFile(join(damaged, name), bytes);
    const outcome = await opener.open(damaged);
    await rm(damaged, { recursive: true });
    if (outcome === "SIGABRT") return count["by LevelDB, which ended the process"]++;
    if ("code" in outcome) {
      assert.match(outcome.code, /^STORE_(?:CORRUPT|IO)$/, what);
      return count["by Mapae"]++;
    }
    assert.equal(outcome.content, expected, what);
    return count.harmless++;
  };
  await trial("nothing is damaged", "", undefined);
  assert.equal(count.harmless, 1);
  for (const [name, bytes] of files) {
    await trial(`${name} is gone`, name, undefined);
    for (const [damage, change] of Object.entries(DAMAGES)) {
      for (const at of placesIn(bytes.length, random)) {
        await trial(`${name}: ${damage} at ${at}`, name, change(Buffer.from(bytes), at));
      }
    }
  }
  t.diagnostic(`${files.size} files; damages noticed: ${JSON.stringify(count)}`);
  assert(count["by Mapae"] > 0 && count.harmless > 1);
});

/** Opens indexes in another process, and in a new one when LevelDB ended it by an assertion of its own. */
class Opener {
  #child: ChildProcess | undefined;

  async open(path: string): Promise<Outcome | "SIGABRT"> {
    this.#child ??= fork(new URL("damage-child.ts", import.meta.url));
    const child = this.#child;
    child.send(path);
    const settled = new AbortController();
    const { signal } = settled;
    const answered = once(child, "message", { signal }).then(([outcome]) => outcome as Outcome);
    const ended = once(child, "exit", { signal }).then(([, by]) => ({ by: by as string | null }));
    answered.catch(() => {}); // it ended
    ended.catch(() => {}); // it answered
    const outcome = await Promise.race([answered, ended]);
    settled.abort();
    if (!("by" in outcome)) return outcome;
    this.#child = undefined;
    assert.equal(outcome.by, "SIGABRT", path);
    return "SIGABRT";
  }

  close(): void {
    this.#child?.kill("SIGKILL");
  }
}

/** Its first and last bytes, where formats keep what matters, and some in between. */
function placesIn(length: number, random: Random): number[] {
  const step = Math.max(1, Math.floor((2 * ENDS) / PLACES));
  const ends = Array.from({ length: ENDS }, (_, at) => [at, length - 1 - at]).flat();
  const places = ends.filter((_, at) => at % step === 0);
  for (let count = 0; count < PLACES; count++) places.push(random.whole(0, Math.max(0, length - 1)));
  return [...new Set(places.filter((at) => at >= 0 && at < length))];
}
