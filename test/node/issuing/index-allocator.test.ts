import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import fc from "fast-check";
import { MemoryLevel } from "memory-level";
import {
  type AllocatorDatabase,
  IndexAllocator,
  MAX_AT_ONCE,
  type OpenList,
} from "../../../node/issuing/index-allocator.ts";
import type { Hash } from "../../../resolver/primitives/hex.ts";
import { temporaryFolder } from "../../cli/harness.ts";
import { assertCode } from "../../helpers/assert-code.ts";
import { runs } from "../../helpers/property.ts";

const NETWORK: Hash = `0x${"11".repeat(32)}`;
const listOf = (number: number, size: number): OpenList => ({
  list: `0x${number.toString(16).padStart(64, "0")}`,
  size,
});

/** A database in memory that outlives the allocators which close it. */
function memory(): AllocatorDatabase {
  const level = new MemoryLevel<string, string>();
  return {
    open: () => level.open(),
    get: (key: string) => level.get(key),
    keys: (options: object) => level.keys(options),
    batch: (operations: never, options: never) => level.batch(operations, options),
    close: async () => undefined,
  } as object as AllocatorDatabase;
}

test("over any sizes, calls and restarts no index is given out twice, and a list is full before the next is opened", async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 });
  const calls = fc.array(fc.record({ count: fc.integer({ min: 1, max: 15 }), restart: fc.boolean() }), {
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(sizes, calls, async (sizes, calls) => {
      const lists = sizes.map((size, number) => listOf(number, size));
      const database = memory();
      const seen = new Set<string>();
      let [allocator, room] = [
        await IndexAllocator.over(database, NETWORK),
        sizes.reduce((sum, size) => sum + size, 0),
      ];
      for (const { count, restart } of calls) {
        if (restart) {
          await allocator.close();
          allocator = await IndexAllocator.over(database, NETWORK);
        }
        if (count > room) {
          await assertCode(allocator.allocate(lists, count), "ALLOCATOR_FULL");
          continue;
        }
        for (const { list, index } of await allocator.allocate(lists, count)) {
          const at = lists.findIndex((one) => one.list === list);
          assert.ok(index >= 0 && index < (sizes[at] ?? 0));
          assert.ok(!seen.has(`${at} ${index}`), "given out twice");
          for (let before = 0; before < at; before++) {
            const given = [...seen].filter((one) => one.startsWith(`${before} `)).length;
            assert.equal(given, sizes[before], "a list was opened before the one in front of it was full");
          }
          seen.add(`${at} ${index}`);
        }
        room -= count;
      }
    }),
    runs(150),
  );
});

test("a whole list is a permutation, and calls at the same time share nothing", async () => {
  const allocator = await IndexAllocator.over(memory(), NETWORK);
  const list = listOf(0, 1_024);
  const given = (await Promise.all(Array.from({ length: 64 }, () => allocator.allocate([list], 16)))).flat();
  const indexes = given.map(({ index }) => index);
  assert.deepEqual(
    indexes.toSorted((a, b) => a - b),
    [...Array(1_024).keys()],
  );
  assert.notDeepEqual(indexes, [...Array(1_024).keys()]);
  await assertCode(allocator.allocate([list], 1), "ALLOCATOR_FULL");
  const [next] = await allocator.allocate([list, listOf(1, 256)], 1);
  assert.equal(next?.list, listOf(1, 256).list);
});

test("each index is as likely as any other, at every place in the order (chi-square)", async () => {
  const [size, shuffles] = [8, 2_000];
  const counts = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  const allocator = await IndexAllocator.over(memory(), NETWORK);
  for (let number = 0; number < shuffles; number++) {
    for (const [place, { index }] of (await allocator.allocate([listOf(number, size)], size)).entries()) {
      (counts[place] as number[])[index] = (counts[place]?.[index] ?? 0) + 1;
    }
  }
  const expected = shuffles / size;
  for (const row of counts) {
    const chiSquare = row.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 7 degrees of freedom: one in 10^9 honest shuffles has more.
    assert.ok(chiSquare < 54, `chi-square is ${chiSquare} for ${row}`);
  }
});

test("what was asked for wrongly is refused, and nothing is given out", async () => {
  const database = memory();
  const allocator = await IndexAllocator.over(database, NETWORK);
  for (const count of [0, -1, 1.5, Number.NaN, MAX_AT_ONCE + 1]) {
    await assertCode(allocator.allocate([listOf(0, 8)], count), "ALLOCATOR_COUNT");
  }
  await allocator.allocate([listOf(0, 8)], 7);
  await assertCode(allocator.allocate([listOf(0, 16)], 1), "ALLOCATOR_OTHER", {}, "another size");
  await assertCode(allocator.allocate([listOf(0, 8)], 2), "ALLOCATOR_FULL");
  assert.equal((await allocator.allocate([listOf(0, 8)], 1)).length, 1, "what was refused took nothing");
  const other: Hash = `0x${"22".repeat(32)}`;
  await assertCode(IndexAllocator.over(database, other), "ALLOCATOR_OTHER");
});

test("a value that a disk altered gives out no index, and one of an earlier version is still read", async () => {
  const [database, list] = [memory(), listOf(0, 64)];
  const allocator = await IndexAllocator.over(database, NETWORK);
  const given = await allocator.allocate([list], 40);
  const write = (key: string, value: string) => database.batch([{ type: "put", key, value }]);
  const count = `n${list.list}`;
  const stored = (await database.get(count)) ?? assert.fail();
  assert.match(stored, /^40 64~[0-9a-f]+$/);
  await write(count, stored.replace("40", "30"));
  await assertCode(allocator.allocate([list], 1), "ALLOCATOR_DAMAGED", { message: /new lists/ });
  for (const wrong of ["65 64", "x 64", "64"]) {
    await write(count, wrong);
    await assertCode(allocator.allocate([list], 1), "ALLOCATOR_OTHER", {}, wrong);
  }
  await write(count, "40 64");
  const more = await allocator.allocate([list], 24);
  assert.equal(new Set([...given, ...more].map(({ index }) => index)).size, 64);
  const meta = (await database.get("meta")) ?? assert.fail();
  await write("meta", meta.replace("11", "12"));
  await assertCode(IndexAllocator.over(database, NETWORK), "ALLOCATOR_DAMAGED");
});

test("a folder that can't be read is ALLOCATOR_IO, and is closed again", async () => {
  const database = memory();
  let closed = 0;
  const unreadable = { ...database, get: async () => assert.fail("bad block"), close: async () => void closed++ };
  await assertCode(IndexAllocator.over(unreadable as object as AllocatorDatabase, NETWORK), "ALLOCATOR_IO");
  assert.equal(closed, 1);
});

test("the database of another program is refused, and left as it is", async () => {
  const database = memory();
  await database.batch([{ type: "put", key: "tip", value: "7" }]);
  await assertCode(IndexAllocator.over(database, NETWORK), "ALLOCATOR_OTHER", { message: /of another program/ });
  assert.equal(await database.get("meta"), undefined);
});

test("a file in place of the folder is ALLOCATOR_IO with the system's reason", async (t) => {
  const file = join(await temporaryFolder(t), "file");
  await writeFile(file, "");
  await assertCode(IndexAllocator.open(file, NETWORK), "ALLOCATOR_IO", { message: /EEXIST|not a directory/i });
});

test("a second process can't open the same folder, and can after the first closed it", async (t) => {
  const folder = await temporaryFolder(t);
  const first = await IndexAllocator.open(folder, NETWORK);
  await assertCode(IndexAllocator.open(folder, NETWORK), "ALLOCATOR_LOCKED");
  const given = await first.allocate([listOf(0, 256)], 5);
  await first.close();
  const second = await IndexAllocator.open(folder, NETWORK);
  const more = await second.allocate([listOf(0, 256)], 251);
  assert.equal(new Set([...given, ...more].map(({ index }) => index)).size, 256);
  await second.close();
});

test("killed at any point, it never gives out again what somebody was given", async (t) => {
  const folder = await temporaryFolder(t);
  const module = new URL("../../../node/issuing/index-allocator.ts", import.meta.url).href;
  const list = listOf(0, 131_072);
  const program = `
    import { IndexAllocator } from ${JSON.stringify(module)};
    const allocator = await IndexAllocator.open(${JSON.stringify(folder)}, ${JSON.stringify(NETWORK)});
    for (;;) for (const { index } of await allocator.allocate([${JSON.stringify(list)}], 7)) console.log(index);`;
  const seen = new Set<string>();
  for (const kills of [1, 20, 50, 150]) {
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = new Promise((resolve) => child.once("close", resolve));
    let count = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      assert.ok(!seen.has(line), `index ${line} was given out twice`);
      seen.add(line);
      if (++count === kills) child.kill("SIGKILL");
    }
    await ended;
    assert.ok(count >= kills);
  }
});
