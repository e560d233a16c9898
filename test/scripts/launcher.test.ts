import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { symlink } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { freePorts, REPOSITORY, temporaryFolder } from "./harness.ts";

const LAUNCHER = join(REPOSITORY, "scripts", "mapae.mjs");

/** The PATH without the packages' own commands: `node` is then the machine's, which may be an older one. */
const systemPath = (process.env.PATH ?? "")
  .split(delimiter)
  .filter((path) => !path.includes("node_modules"))
  .join(delimiter);

test("mapae runs under the machine's own Node, through a symbolic link, and keeps the exit code", async (t) => {
  const link = join(await temporaryFolder(t), "mapae");
  await symlink(LAUNCHER, link);
  const env = { ...process.env, PATH: systemPath };
  const help = spawnSync(link, ["--help"], { encoding: "utf8", env });
  assert.equal(help.status, 0, help.stderr);
  assert.match(help.stdout, /^Usage: mapae/);
  const wrong = spawnSync(link, ["resolve", "did:web:x", "--json"], { encoding: "utf8", env });
  assert.equal(wrong.status, 2);
  assert.deepEqual(Object.keys(JSON.parse(wrong.stderr).error), ["code", "message", "exitCode"]);
});

test("a reader that has enough, as head, does not make a command fail", async () => {
  const child = spawn(process.execPath, [LAUNCHER, "--help"], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  assert.deepEqual(await once(child, "close"), [0, null], stderr);
  assert.equal(stderr, "");
});

test("a signal to mapae reaches the command, whichever Node it was started with", async (t) => {
  const [MAPAE_CHAIN_PORT, MAPAE_HTTP_PORT] = await freePorts(2);
  const env = {
    ...process.env,
    PATH: systemPath,
    MAPAE_HOME: await temporaryFolder(t),
    MAPAE_CHAIN_PORT,
    MAPAE_HTTP_PORT,
  };
  const child = spawn("node", [LAUNCHER, "start"], { env, stdio: ["ignore", "ignore", "pipe"] });
  await once(child.stderr, "data"); // its first step is done
  child.kill("SIGTERM");
  const [code] = await once(child, "exit");
  assert.equal(code, 0);
});
