import assert from "node:assert/strict";
import { type SpawnOptions, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cp, symlink, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { openLevel } from "../../node/store/database.ts";
import { ChainSimulator } from "../helpers/chain-simulator.ts";
import { until } from "../helpers/real-node.ts";
import { freePorts, REPOSITORY, temporaryFolder } from "./harness.ts";

const LAUNCHER = join(REPOSITORY, "cli", "mapae.mjs");

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

test("an older Node without the pinned one says what helps: a script of the checkout, or, in a release, a newer Node", async (t) => {
  const older = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.19.0' } })";
  for (const [file, how] of [
    ["README.md", /this is 20\.19\.0\. Install a newer one\n$/],
    ["scripts/setup.mjs", /this is 20\.19\.0\. Run first: npm run setup\n$/],
  ] as const) {
    const root = await temporaryFolder(t);
    for (const name of ["cli/mapae.mjs", file]) await cp(join(REPOSITORY, name), join(root, name));
    const args = ["--import", `data:text/javascript,${older}`, join(root, "cli", "mapae.mjs")];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    assert.equal(status, 2);
    assert.match(stderr, how);
  }
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

/** Starts a node, and waits until it answers. */
async function startNode(folder: string, command: string, options: SpawnOptions = {}) {
  const [MAPAE_HTTP_PORT = ""] = await freePorts(1);
  const MAPAE_NETWORK = join(folder, "network.json");
  await writeFile(MAPAE_NETWORK, JSON.stringify(new ChainSimulator().network()));
  const env = { PATH: systemPath, MAPAE_HTTP_PORT, MAPAE_METRICS_PORT: "off", MAPAE_NETWORK, ...options.env };
  const child = spawn(command, [LAUNCHER, "node"], {
    ...options,
    env: { ...env, MAPAE_DATA_DIR: join(folder, "index"), MAPAE_RPC_URLS: "http://127.0.0.1:1" },
    stdio: "ignore",
  });
  const answers = () =>
    fetch(`http://127.0.0.1:${MAPAE_HTTP_PORT}/health`).then(
      () => true,
      () => false,
    );
  await until(answers);
  return { child, answers };
}

test("a signal that both mapae and its node get, as from Ctrl-C or systemd, ends the node properly", async (t) => {
  // Because of the proxy, the launcher starts another process.
  const env = { HTTP_PROXY: "http://127.0.0.1:1" };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    const { child } = await startNode(await temporaryFolder(t), process.execPath, { env, detached: true });
    process.kill(-(child.pid ?? assert.fail()), signal);
    assert.deepEqual(await once(child, "exit"), [0, null], signal);
  }
});

test("a node ends when mapae is killed, whichever Node it was started with", async (t) => {
  const folder = await temporaryFolder(t);
  const { child, answers } = await startNode(folder, "node");
  child.kill("SIGKILL");
  await until(async () => !(await answers()));
  // It has ended, and not only stopped to listen: the next process may have its index.
  await until(() =>
    openLevel(join(folder, "index")).then(
      (level) => level.close().then(() => true),
      () => false,
    ),
  );
});
