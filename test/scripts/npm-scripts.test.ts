import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { NODE_VARIABLES, OTHER_VARIABLES } from "../../node/config/variable-names.ts";

const { scripts } = JSON.parse(await readFile("package.json", "utf8")) as { scripts: Record<string, string> };

test("no npm script sets a variable that a node, which the script's tests start, rejects as unknown", () => {
  const known = new Set<string>([...NODE_VARIABLES, ...OTHER_VARIABLES]);
  const set = Object.values(scripts).flatMap((command) =>
    [...command.matchAll(/\b([A-Z][A-Z_]*)=/g)].map(([, name]) => name),
  );
  assert.ok(set.includes("TEST_SEEDS"));
  assert.deepEqual(
    set.filter((name) => name?.startsWith("MAPAE_") && !known.has(name)),
    [],
  );
});
