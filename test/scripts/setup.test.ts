import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { REPOSITORY, temporaryFolder } from "../cli/harness.ts";

/** A checkout whose only dependency is in the checkout itself, so that npm needs no network. */
async function checkout(test: TestContext): Promise<string> {
  const root = await temporaryFolder(test);
  await mkdir(join(root, "scripts"));
  await mkdir(join(root, "one"));
  await cp(join(REPOSITORY, "scripts", "setup.mjs"), join(root, "scripts", "setup.mjs"));
  const write = (path: string, value: unknown) => writeFile(join(root, path), JSON.stringify(value));
  const dependencies = { one: "file:one" };
  await write("package.json", { name: "checkout", version: "1.0.0", dependencies });
  await write("one/package.json", { name: "one", version: "1.0.0" });
  await write("package-lock.json", {
    name: "checkout",
    version: "1.0.0",
    lockfileVersion: 3,
    packages: {
      "": { name: "checkout", version: "1.0.0", dependencies },
      "node_modules/one": { resolved: "one", link: true },
      one: { version: "1.0.0" },
    },
  });
  return root;
}

const setUp = (root: string, env: NodeJS.ProcessEnv = process.env) =>
  spawnSync(process.execPath, [join(root, "scripts", "setup.mjs")], { encoding: "utf8", env });

test("set-up installs the packages of the lock file once, and again when they are missing or the lock file has changed", async (t) => {
  const root = await checkout(t);
  const first = setUp(root);
  assert.equal(first.status, 0, first.stderr);
  assert.match(first.stdout, /^Installing the dependencies \(npm ci\) …\n.*done after \d+ s\n/);
  assert.equal(JSON.parse(await readFile(join(root, "node_modules/one/package.json"), "utf8")).name, "one");

  assert.doesNotMatch(setUp(root).stdout, /Installing/);

  await rm(join(root, "node_modules"), { recursive: true });
  assert.match(setUp(root).stdout, /Installing/);

  const lock = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8"));
  lock.packages.one.version = "1.0.1";
  await writeFile(join(root, "package-lock.json"), JSON.stringify(lock));
  await writeFile(join(root, "one/package.json"), JSON.stringify({ name: "one", version: "1.0.1" }));
  assert.match(setUp(root).stdout, /Installing/);
});

test("set-up names the version of Node.js that it uses when the checkout pins none for this platform", async (t) => {
  const { stdout } = setUp(await checkout(t));
  assert.match(
    stdout,
    new RegExp(`no pinned Node for ${process.platform}.*going on with Node ${process.versions.node}`),
  );
});

test("a failed set-up shows npm's output and exits with an error", async (t) => {
  const root = await checkout(t);
  await writeFile(join(root, "package.json"), JSON.stringify({ name: "checkout", dependencies: { two: "file:two" } }));
  const { status, stderr } = setUp(root);
  assert.equal(status, 1);
  assert.match(stderr, /Set-up failed: npm ci ended with 1\n.*Missing: two@ from lock file.*npm's log/s);
});
