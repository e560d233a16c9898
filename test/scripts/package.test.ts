import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { access, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { buildPackage, packPackage } from "../../scripts/package/build-package.ts";
import { REPOSITORY, temporaryFolder } from "../cli/harness.ts";
import { ChainSimulator, simulatedIdentity } from "../helpers/chain-simulator.ts";
import { publicKey } from "../helpers/keys.ts";
import { readerRpc } from "../helpers/reader-rpc.ts";
import { startRpcServer } from "../helpers/rpc-server.ts";
import { ALICE, didOf, key, NETWORK, START, startTestNode } from "../node/http/harness.ts";

const run = promisify(execFile);

/** The first other Node.js on this machine, which may be version 20. */
async function nodeOfMachine(): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    if (folder.includes("node_modules")) continue;
    const found = await access(join(folder, "node")).then(
      () => true,
      () => false,
    );
    if (found) return join(folder, "node");
  }
  return undefined;
}

/** A project with the packed library. Its dependencies are this repository's, so npm needs no registry. */
const project = await temporaryFolder({ after });
before(async () => {
  const built = join(project, "built");
  await buildPackage(built);
  const tarball = await packPackage(built, project);
  const { dependencies, peerDependencies } = JSON.parse(await readFile(join(built, "package.json"), "utf8"));
  const packages = Object.keys({ typescript: "", ...dependencies, ...peerDependencies });
  const installed = packages.map((name) => [name, `file:${join(REPOSITORY, "node_modules", name)}`]);
  const manifest = { type: "module", dependencies: { ...Object.fromEntries(installed), mapae: tarball } };
  await writeFile(join(project, "package.json"), JSON.stringify(manifest));
  const npm = ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  await run("npm", npm, { cwd: project, timeout: 300_000, shell: process.platform === "win32" });
});

const RESOLVES = `
import { Resolver } from "did-resolver";
import { getResolver, parseNetworkDescriptor } from "mapae";

const [descriptor, source, did, time] = process.argv.slice(2);
const network = { descriptor: parseNetworkDescriptor(JSON.parse(descriptor)), ...JSON.parse(source) };
const resolver = new Resolver(getResolver({ networks: [network], now: () => Number(time) }));
console.log(JSON.stringify(await resolver.resolve(did)));
`;

for (const [which, find] of [
  ["the pinned Node", async () => process.execPath],
  ["the machine's own Node.js", nodeOfMachine],
] as const) {
  test(`installed from its tarball, the library resolves from a chain and from a node under ${which}`, async (t) => {
    const node = await find();
    if (node === undefined) return t.diagnostic("there is no other Node.js on this machine");
    t.diagnostic(`Node ${(await run(node, ["--version"])).stdout.trim()}`);
    await writeFile(join(project, "resolves.js"), RESOLVES);
    const ask = async (descriptor: object, source: object, did: string, now: number) => {
      const args = ["resolves.js", JSON.stringify(descriptor), JSON.stringify(source), did, String(now)];
      const { stdout } = await run(node, args, { cwd: project, timeout: 60_000 });
      return JSON.parse(stdout);
    };

    const chain = new ChainSimulator();
    chain.mine([{ do: "key", identity: 0, algorithm: "P256", key: publicKey("P256", 1), validTo: 4e9 }]);
    const server = await startRpcServer(readerRpc(chain));
    t.after(() => server[Symbol.asyncDispose]());
    const did = didOf(simulatedIdentity(0));
    const onChain = await ask(chain.network(), { chain: server.url }, did, chain.tip.time);
    assert.equal(onChain.didDocument?.id, did, JSON.stringify(onChain));
    assert.equal(onChain.didDocument.assertionMethod.length, 1);

    const served = await startTestNode(t);
    served.writer.block(START, key(ALICE, 1));
    const behind = await ask(NETWORK, { nodes: [served.url] }, didOf(ALICE), START);
    assert.equal(behind.didDocument?.id, didOf(ALICE), JSON.stringify(behind));
    assert.deepEqual(behind.didResolutionMetadata.nodes, [served.url]);
  });
}

const ALLOCATES = `
import { MapaeError } from "mapae";
import { AllocatorError, IndexAllocator } from "mapae/allocator";

const list = "0x" + "11".repeat(32);
const allocator = await IndexAllocator.open("allocations", "0x" + "22".repeat(32));
const given = await allocator.allocate([{ list, size: 256 }], 256);
const full = await allocator.allocate([{ list, size: 256 }], 1).catch((error) => error);
await allocator.close();
console.log(new Set(given.map(({ index }) => index)).size, full instanceof AllocatorError, full instanceof MapaeError);
`;

test("an issuer allocates indexes with it, and a verifier needs no packages for that", async () => {
  await writeFile(join(project, "allocates.js"), ALLOCATES);
  const { stdout } = await run(process.execPath, ["allocates.js"], { cwd: project, timeout: 60_000 });
  assert.equal(stdout, "256 true true\n");
  const manifest = JSON.parse(await readFile(join(project, "node_modules", "mapae", "package.json"), "utf8"));
  assert.equal(manifest.dependencies.level, undefined);
  assert.deepEqual(manifest.peerDependenciesMeta, { level: { optional: true } });
});

const TYPED = `
import { Resolver } from "did-resolver";
import { getResolver, type NetworkDescriptor, parseNetworkDescriptor, statusAt } from "mapae";

const descriptor: NetworkDescriptor = parseNetworkDescriptor({});
export const resolver = new Resolver(getResolver({ networks: [{ descriptor, nodes: ["https://node.example"] }] }));
// @ts-expect-error there is no network without a place to read it from
getResolver({ networks: [{ descriptor }] });
// @ts-expect-error an index is a number
statusAt({ bits: 1, first: "least", size: 8, bytes: new Uint8Array(1) }, "1");
`;

for (const libraries of [["es2023", "dom", "dom.iterable"], ["es2023"]] as const) {
  test(`its types compile in strict TypeScript with ${libraries.join(", ")}`, async () => {
    await writeFile(join(project, "typed.ts"), TYPED);
    const tsc = join(REPOSITORY, "node_modules", "typescript", "bin", "tsc");
    const options = ["--noEmit", "--strict", "--target", "es2023", "--module", "nodenext"];
    // Without the browser's types, those of Node's globals are needed.
    const types = libraries.length > 1 ? [] : ["--types", join(REPOSITORY, "node_modules", "@types", "node")];
    const args = [...options, "--skipLibCheck", "--lib", libraries.join(","), ...types, "typed.ts"];
    const checked = await run(process.execPath, [tsc, ...args], { cwd: project, timeout: 300_000 }).catch(
      (error) => error,
    );
    assert.equal(checked.stdout, "");
  });
}

test("the package has modules, types, the licence and a README, and imports no module of Node.js", async () => {
  const root = join(project, "node_modules", "mapae");
  for (const file of ["README.md", "LICENSE", "lib/resolver/index.js", "lib/resolver/index.d.ts"])
    await access(join(root, file));
  const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  assert.equal(manifest.private, undefined);
  const index = await readFile(join(root, "lib", "resolver", "index.js"), "utf8");
  assert.doesNotMatch(index, /\.ts"/);
});
