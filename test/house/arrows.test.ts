import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));

/** A house of two files, one of which imports the other; gives the rule that the checker says is broken, if any. */
async function brokenRule(from: string, to: string): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "mapae-arrows-"));
  try {
    for (const file of [from, to]) await mkdir(dirname(join(folder, file)), { recursive: true });
    const path = `${"../".repeat(from.split("/").length - 1)}${to}`;
    await writeFile(join(folder, from), `import { thing } from "${path}";\nconsole.log(thing);\n`);
    await writeFile(join(folder, to), "export const thing = 1;\n");
    await writeFile(join(folder, "tsconfig.json"), "{}");
    await writeFile(join(folder, "package.json"), "{}");
    const output = await depcruise(folder, [from, to]);
    assert.match(output, /2 modules, 1 dependencies cruised/);
    return /error ([\w-]+):/.exec(output)?.[1];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function depcruise(cwd: string, files: readonly string[]): Promise<string> {
  const program = join(REPOSITORY, "node_modules", "dependency-cruiser", "bin", "dependency-cruiser.mjs");
  const config = join(REPOSITORY, ".dependency-cruiser.cjs");
  return new Promise((resolve) => {
    execFile(process.execPath, [program, "--config", config, ...files], { cwd }, (_error, stdout, stderr) => {
      resolve(`${stdout}${stderr}`);
    });
  });
}

for (const [from, to, rule] of [
  ["resolver/a.ts", "node/b.ts", "resolver-stands-alone"],
  ["resolver/a.ts", "scripts/b.ts", "resolver-stands-alone"],
  ["node/a.ts", "scripts/b.ts", "node-imports-resolver-only"],
  ["node/a.ts", "test/b.ts", "node-imports-resolver-only"],
  ["node/http/a.ts", "node/store/b.ts", "routes-never-see-the-store"],
  ["node/http/a.ts", "node/chain/b.ts", "routes-never-see-the-store"],
  ["scripts/a.ts", "test/b.ts", "scripts-never-import-tests"],
] as const) {
  test(`an arrow from ${from} to ${to} is refused`, async () => {
    assert.equal(await brokenRule(from, to), rule);
  });
}

for (const [from, to] of [
  ["node/a.ts", "resolver/b.ts"],
  ["scripts/a.ts", "node/b.ts"],
  ["test/a.ts", "scripts/b.ts"],
] as const) {
  test(`an arrow from ${from} to ${to} is as it should be`, async () => {
    assert.equal(await brokenRule(from, to), undefined);
  });
}
