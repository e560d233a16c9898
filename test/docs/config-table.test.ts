import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { configTable } from "../../node/config-schema.ts";

/** The formatter aligns the columns of a table: only what its cells say counts. */
function cells(table: string): string {
  return table
    .replace(/[ \t]+/g, " ")
    .replace(/-{3,}/g, "---")
    .trim();
}

test("the table of variables in docs/operating.md is that of the configuration's schema", async () => {
  const page = await readFile(new URL("../../docs/operating.md", import.meta.url), "utf8");
  const [, table = ""] = /<!-- config-table -->([\s\S]*?)<!-- \/config-table -->/.exec(page) ?? [];
  assert.equal(cells(table), cells(configTable()));
});
