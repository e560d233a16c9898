import assert from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { buildPage } from "../../scripts/page/build.ts";
import { temporaryFolder } from "../cli/harness.ts";

/** Bytes over the wire, compressed by Brotli: what the first view needs, and all of it. */
const [FIRST_VIEW, ALL] = [40_000, 200_000];

test("the first view and the whole page are within their bounds, and two builds have the same bytes", async (t) => {
  const folder = await temporaryFolder(t);
  await buildPage(folder);
  const names = (await readdir(folder)).sort();
  const html = await readFile(join(folder, "index.html"), "utf8");
  const named = [...html.matchAll(/\/page\/([\w-]+\.(?:js|css))/g)].map(([, name = ""]) => name);
  const scripts = names.filter((name) => name.endsWith(".js"));
  // What a script imports at its start comes with it; what it imports later does not.
  const first = new Set([...named, ...(await importedBy(folder, named))]);
  const size = async (name: string) => (await stat(join(folder, `${name}.br`))).size;
  const sum = async (all: Iterable<string>) =>
    (await Promise.all([...all].map(size))).reduce((a, b) => a + b, html.length);
  const [firstView, all] = [
    await sum(first),
    await sum([...scripts, ...named.filter((name) => name.endsWith(".css"))]),
  ];
  t.diagnostic(`first view ${firstView} bytes of ${FIRST_VIEW}, all ${all} bytes of ${ALL}`);
  assert(firstView <= FIRST_VIEW, `${firstView} bytes in the first view`);
  assert(all <= ALL, `${all} bytes in all`);
  assert(firstView < all, "what folds and verifies comes later");

  await buildPage(folder);
  assert.deepEqual((await readdir(folder)).sort(), names);
});

async function importedBy(folder: string, names: readonly string[]): Promise<string[]> {
  const texts = await Promise.all(
    names.filter((name) => name.endsWith(".js")).map((name) => readFile(join(folder, name), "utf8")),
  );
  return texts.flatMap((text) => [...text.matchAll(/(?:from|import)"\.\/([\w-]+\.js)"/g)].map(([, name = ""]) => name));
}
