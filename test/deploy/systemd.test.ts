import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { EXIT } from "../../cli/terminal/errors.ts";
import { NODE_VARIABLES } from "../../node/config/variable-names.ts";
import { CLIENT_LIMITS } from "../../node/http/server/bounds.ts";
import { REPOSITORY, temporaryFolder } from "../cli/harness.ts";
import { readRepositoryFile } from "../docs/examples.ts";

/** Folder of the checkout in docs/operating-install.md. */
const INSTALLED = "/opt/mapae/";

const text = await readRepositoryFile("deploy/systemd/mapae-node.service");
const settings = [...text.matchAll(/^(?:\[(\w+)\]|(\w+)=(.*))$/gm)].reduce<{ section: string; all: string[][] }>(
  ({ section, all }, [, header, key = "", value = ""]) =>
    header ? { section: header, all } : { section, all: [...all, [`${section}.${key}`, value]] },
  { section: "", all: [] },
).all;

/** All values of a setting. */
const all = (key: string) => settings.filter(([name]) => name === key).map(([, value = ""]) => value);
/** The value of a setting that occurs exactly once. */
function only(key: string): string {
  const [value, ...others] = all(key);
  assert(value !== undefined && others.length === 0, key);
  return value;
}

test("the unit starts the command with the pinned Node.js, both of which an installed checkout has", async () => {
  const [node = "", script = "", ...args] = only("Service.ExecStart").split(" ");
  assert.equal(node, `${INSTALLED}node_modules/.bin/node`);
  assert(script.startsWith(INSTALLED));
  await stat(join(REPOSITORY, script.slice(INSTALLED.length)));
  assert.deepEqual(args, ["node"]);
  const manual = only("Unit.Documentation").slice(`file://${INSTALLED}`.length);
  await stat(join(REPOSITORY, manual));
});

test("a node reads each variable of the unit and of its example environment", async () => {
  const known: readonly string[] = ["NODE_ENV", ...NODE_VARIABLES];
  const set = all("Service.Environment").map((pair) => pair.split("=", 1)[0] ?? "");
  assert(set.includes("MAPAE_NETWORK") && set.includes("MAPAE_DATA_DIR"));
  const lines = (await readRepositoryFile("deploy/node.env")).split("\n").filter((line) => /^#?[A-Z]/.test(line));
  const offered = lines.map((line) => line.replace(/^#/, "").split("=", 1)[0] ?? "");
  assert(offered.includes("MAPAE_RPC_URLS"));
  for (const name of [...set, ...offered]) assert(known.includes(name), name);
  assert.deepEqual(
    set.filter((name) => offered.includes(name)),
    [],
  );
});

test("the node runs as an unprivileged user, writes only to its own directory, and has limits", () => {
  assert.match(only("Service.User"), /^(?!root$)[a-z]+$/);
  const directory = `/var/lib/${only("Service.StateDirectory")}/`;
  const data = all("Service.Environment").find((pair) => pair.startsWith("MAPAE_DATA_DIR="));
  assert(data?.startsWith(`MAPAE_DATA_DIR=${directory}`));
  for (const [key, value] of Object.entries({
    NoNewPrivileges: "yes",
    CapabilityBoundingSet: "",
    ProtectSystem: "strict",
    ProtectHome: "yes",
    PrivateTmp: "yes",
    PrivateDevices: "yes",
    RestrictNamespaces: "yes",
    SystemCallFilter: "@system-service",
    StateDirectoryMode: "0700",
    UMask: "0077",
  })) {
    assert.equal(only(`Service.${key}`), value, key);
  }
  assert.match(only("Service.MemoryMax"), /^[0-9]+[MG]$/);
  assert(Number(only("Service.LimitNOFILE")) > CLIENT_LIMITS.connections, "each connection is a file");
});

test("a node with a wrong configuration is not restarted, and a stop has enough time for open answers", () => {
  assert.equal(only("Service.Restart"), "on-failure");
  assert.equal(Number(only("Service.RestartPreventExitStatus")), EXIT.usage);
  assert(Number.parseInt(only("Service.TimeoutStopSec"), 10) * 1_000 > 2 * CLIENT_LIMITS.drainTimeout);
});

test("systemd accepts the unit, where it is installed", async (t) => {
  const file = join(await temporaryFolder(t), "mapae-node.service");
  // systemd checks that the program exists, but this checkout is not the installed one.
  const here = text.replaceAll(`ExecStart=${INSTALLED}node_modules/.bin/node`, `ExecStart=${process.execPath}`);
  await writeFile(file, here.replace(`file://${INSTALLED}`, `file://${REPOSITORY}/`));
  const run = spawnSync("systemd-analyze", ["verify", file], { encoding: "utf8" });
  if ((run.error as NodeJS.ErrnoException | undefined)?.code === "ENOENT") return;
  const about = run.stderr.split("\n").filter((line) => line.includes("mapae-node"));
  assert.deepEqual(about, []);
});
