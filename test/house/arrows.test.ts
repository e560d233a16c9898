import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));

/** Checks a project of two files, one of which imports the other, and returns the broken rule, if any. */
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

/** For each room, the rooms that it may not import, and the rule that forbids it. */
const REFUSED: readonly [from: string, to: readonly string[], rule: string][] = [
  ["resolver", ["node", "gate", "web", "cli", "scripts", "test"], "resolver-stands-alone"],
  ["node", ["gate", "web", "cli", "scripts", "test"], "node-imports-resolver-only"],
  ["gate", ["node", "cli", "scripts", "test"], "gate-and-web-import-resolver-only"],
  ["web", ["node", "cli", "scripts", "test"], "gate-and-web-import-resolver-only"],
  ["gate", ["web"], "gate-and-web-stand-apart"],
  ["web", ["gate"], "gate-and-web-stand-apart"],
  ["node/http", ["node/store", "node/chain"], "routes-never-see-the-store"],
  ["cli", ["scripts", "test"], "cli-never-imports-scripts-or-tests"],
  ["scripts", ["test"], "scripts-never-import-tests"],
  ["cli", ["examples"], "what-ships-never-imports-examples"],
  ["examples/one/part", ["node/http", "cli"], "examples-stand-on-the-library"],
  ["examples/one", ["test"], "examples-never-import-scripts-or-tests"],
];

for (const [from, rooms, rule] of REFUSED) {
  for (const to of rooms) {
    test(`an arrow from ${from} to ${to} is refused`, async () => {
      assert.equal(await brokenRule(`${from}/a.ts`, `${to}/b.ts`), rule);
    });
  }
}

for (const [from, to] of [
  ["node", "resolver"],
  ["gate", "resolver"],
  ["web", "resolver"],
  ["cli", "resolver"],
  ["cli", "node"],
  ["cli", "gate"],
  ["examples/one/part", "node/issuing"],
  ["examples/one", "cli"],
  ["scripts", "cli"],
  ["test", "scripts"],
] as const) {
  test(`an arrow from ${from} to ${to} is allowed`, async () => {
    assert.equal(await brokenRule(`${from}/a.ts`, `${to}/b.ts`), undefined);
  });
}

for (const room of ["resolver", "node", "gate", "web", "cli"]) {
  test(`a file of ${room} that imports a development package is refused`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "mapae-arrows-"));
    try {
      await mkdir(join(folder, room));
      await mkdir(join(folder, "node_modules", "tool"), { recursive: true });
      await writeFile(join(folder, room, "a.ts"), 'import { thing } from "tool";\nconsole.log(thing);\n');
      await writeFile(join(folder, "node_modules", "tool", "package.json"), '{"name":"tool","main":"index.js"}');
      await writeFile(join(folder, "node_modules", "tool", "index.js"), "exports.thing = 1;\n");
      await writeFile(join(folder, "tsconfig.json"), "{}");
      await writeFile(join(folder, "package.json"), '{"devDependencies":{"tool":"1.0.0"}}');
      const rule = room === "web" ? "page-bundles-lit-and-qr-alone" : "runtime-needs-no-dev-dependency";
      assert.match(await depcruise(folder, [room]), new RegExp(`error ${rule}:`));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}
