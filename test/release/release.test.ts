import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { developmentAccount } from "../../cli/local/accounts.ts";
import { endsOf, freePorts, REPOSITORY, startChain, temporaryFolder } from "../cli/harness.ts";

const run = promisify(execFile);
const folder = await temporaryFolder({ after });
const [first, second] = [join(folder, "first"), join(folder, "second")];
const home = join(folder, "home");
const command = join(home, "bin", "mapae");

/** An environment without this checkout's variables, with only the Node.js that runs this test. */
const bare = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: home };

before(async () => {
  // The releases are built concurrently, because they take most of this file's time.
  const releases = [
    [first, "022"],
    [second, "077"],
  ].map(([out = "", umask = ""]) => {
    const release = [process.execPath, "scripts/package/release.ts", "--out", out];
    return run("sh", ["-c", `umask ${umask}; exec "$@"`, "sh", ...release], { cwd: REPOSITORY });
  });
  await Promise.all(releases);
});

test("two releases of the same files have the same bytes for any umask, and match their checksums", async () => {
  const names = (await readdir(first)).sort();
  assert.deepEqual(names, [
    "SHA256SUMS",
    "mapae-0.1.0.tgz",
    "mapae-node-0.1.0.tgz",
    "mapae-node.cdx.json",
    "mapae-page.html",
  ]);
  for (const name of names) {
    const [one, other] = await Promise.all([first, second].map((out) => readFile(join(out, name))));
    assert(one?.equals(other ?? Buffer.alloc(0)), name);
  }
  const sums = (await readFile(join(first, "SHA256SUMS"), "utf8")).trimEnd().split("\n");
  assert.equal(sums.length, 4);
  for (const line of sums) {
    const [sum, name = ""] = line.split("  ");
    assert.equal(
      createHash("sha256")
        .update(await readFile(join(first, name)))
        .digest("hex"),
      sum,
    );
  }
});

test("the bill of materials has every package of a node and those bundled into the page, and no other development packages", async () => {
  const { components } = JSON.parse(await readFile(join(first, "mapae-node.cdx.json"), "utf8"));
  const lock = JSON.parse(await readFile(join(REPOSITORY, "package-lock.json"), "utf8"));
  const wanted = Object.entries<Record<string, unknown>>(lock.packages)
    .filter(([path, { dev, optional, devOptional }]) => path !== "" && !dev && !optional && !devOptional)
    .map(([path, { version }]) => `${path.slice(path.lastIndexOf("node_modules/") + 13)}@${version}`);
  const inPage = [
    "lit",
    "lit-html",
    "lit-element",
    "@lit/reactive-element",
    "@lit-labs/ssr-dom-shim",
    "@types/trusted-types",
    "qr",
  ];
  wanted.push(...inPage.map((name) => `${name}@${lock.packages[`node_modules/${name}`].version}`));
  const named = components.map(({ name, version }: Record<string, string>) => `${name}@${version}`);
  assert.deepEqual([...new Set(named)].sort(), [...new Set(wanted)].sort());
});

test("the operator's package, installed offline into an empty folder, deploys a network, runs a node and examines it", async (t) => {
  const tarball = join(first, "mapae-node-0.1.0.tgz");
  const flags = ["--prefix", home, "--cache", join(folder, "cache"), "--offline", "--ignore-scripts", "--no-audit"];
  await run("npm", ["install", "--global", ...flags, tarball], { env: { ...process.env, HOME: home } });
  const installed = join(home, "lib", "node_modules", "mapae-node");
  for (const absent of ["typescript", "hardhat", "solc", "esbuild", "@biomejs", "lit"]) {
    assert(!(await readdir(join(installed, "node_modules"))).includes(absent), absent);
  }
  const own = await readdir(installed, { recursive: true });
  assert.deepEqual(
    own.filter((path) => /\.ts$/.test(path) && !path.startsWith("node_modules/")),
    [],
  );
  assert(!own.some((path) => /^(scripts|test)(\/|$)/.test(path)));
  for (const one of ["systemd/mapae-node.service", "prometheus/alerts.yaml", "grafana/mapae-node.json", "node.env"]) {
    assert(own.includes(`deploy/${one}`), one);
  }

  const chain = await startChain();
  t.after(() => chain.stop());
  const network = join(folder, "network.json");
  const [httpPort = "", metricsPort = ""] = await freePorts(2);
  const env = {
    ...bare,
    MAPAE_RPC_URLS: chain.url,
    MAPAE_NETWORK: network,
    MAPAE_DATA_DIR: join(folder, "index"),
    MAPAE_HTTP_PORT: httpPort,
    MAPAE_METRICS_PORT: metricsPort,
  };
  const deployer = { ...env, MAPAE_PRIVATE_KEY: developmentAccount(0).privateKey };
  await run(command, ["network", "deploy", "--label", "local", "--out", network], { env: deployer, cwd: folder });
  const check = await run(command, ["network", "check", "--json"], { env, cwd: folder });
  assert.deepEqual(JSON.parse(check.stdout).faults, []);

  const node = spawn(command, ["node"], { env, cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  endsOf(t)(async () => node.kill("SIGKILL"));
  await ready(`http://127.0.0.1:${httpPort}/ready`, () => node.exitCode === null);
  assert.match(await (await fetch(`http://127.0.0.1:${httpPort}/`)).text(), /"page\/main-[A-Z0-9]+\.js"/);
  const doctor = await run(command, ["doctor"], { env, cwd: folder });
  assert.match(doctor.stdout, /^ok +Node: /m);
  node.kill("SIGTERM");
  assert.deepEqual(await once(node, "exit"), [0, null]);
});

/** Requests a URL until the answer has status 200. */
async function ready(url: string, runs: () => boolean): Promise<void> {
  for (;;) {
    assert(runs(), "the node ended by itself");
    const status = await fetch(url).then(
      (response) => response.status,
      () => undefined, // it does not listen yet
    );
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
