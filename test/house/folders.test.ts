import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));

/** The product's rooms, and the maximum number of source files directly in one of their folders. */
const ROOMS = ["resolver", "node", "gate", "web", "cli"];
const MAX_LOOSE = 12;

test("no folder of the product has more than a dozen files", async () => {
  const loose = new Map<string, number>();
  for (const room of ROOMS) {
    for (const entry of await readdir(join(REPOSITORY, room), { recursive: true, withFileTypes: true }).catch(
      () => [],
    )) {
      if (!entry.isFile() || !/\.m?ts$/.test(entry.name)) continue;
      const folder = relative(REPOSITORY, entry.parentPath);
      loose.set(folder, (loose.get(folder) ?? 0) + 1);
    }
  }
  assert(loose.size > 30, `found ${loose.size} folders`);
  assert.deepEqual(
    [...loose].filter(([, count]) => count > MAX_LOOSE),
    [],
  );
});
