import assert from "node:assert/strict";
import { test } from "node:test";
import { readPage, readRepositoryFile } from "./examples.ts";

const ALLOWED_LICENCES = ["MIT", "Apache-2.0", "ISC", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "BlueOak-1.0.0"];
/** Packages with another licence, for which `docs/dependencies.md` has the reasons. */
const LICENCE_EXCEPTIONS: Readonly<Record<string, string>> = {
  "@digitalbazaar/credentials-context": "SEE LICENSE IN LICENSE.md",
  "@ethereumjs/mpt": "MPL-2.0",
  "@ethereumjs/rlp": "MPL-2.0",
  "@ethereumjs/util": "MPL-2.0",
  "@safe-global/safe-smart-account": "LGPL-3.0",
  argparse: "Python-2.0",
  "axe-core": "MPL-2.0",
  pako: "(MIT AND Zlib)",
};
/** Packages that may have an install script, which is never needed. fsevents is only for macOS. */
const WITH_INSTALL_SCRIPT = ["cbor-extract", "classic-level", "esbuild", "fsevents"];

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: unknown;
  readonly licenses?: unknown;
  readonly scripts?: Readonly<Record<string, string>>;
}

interface LockedPackage {
  readonly version: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
  readonly hasInstallScript?: boolean;
}

type Declared = Readonly<Record<string, string>>;

const root = JSON.parse(await readRepositoryFile("package.json")) as Record<
  "dependencies" | "devDependencies" | "optionalDependencies",
  Declared
>;
const { dependencies, devDependencies, optionalDependencies } = root;
const declared = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });

const lock = JSON.parse(await readRepositoryFile("package-lock.json")) as { packages: Record<string, LockedPackage> };
const locked = Object.entries(lock.packages).filter(([path]) => path !== "");
const [beforeExample = "", exampleOn = ""] = (await readPage("docs/dependencies.md")).split("## The example\n");
const [examplePage = "", ...afterExample] = exampleOn.split(/^(?=## )/m);
const page = beforeExample + afterExample.join("");

/**
 * Packages of the example with another licence. The example has its own manifest and lock file, whose packages need not be
 * installed.
 */
const EXAMPLE_EXCEPTIONS = ["axe-core"];
const example = JSON.parse(await readRepositoryFile("examples/mobile-id/package.json")) as typeof root;
const exampleLock = JSON.parse(await readRepositoryFile("examples/mobile-id/package-lock.json")) as typeof lock;

/** The manifest of an installed package; `undefined` for one of another platform. */
async function installed(path: string): Promise<Manifest | undefined> {
  try {
    return JSON.parse(await readRepositoryFile(`${path}/package.json`)) as Manifest;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** A licence in SPDX's form; old packages have an object or a list of objects. */
function licenceOf({ license, licenses }: Manifest): string {
  const one = license ?? (Array.isArray(licenses) ? licenses[0] : licenses);
  if (typeof one === "string") return one;
  return typeof one === "object" && one !== null && "type" in one ? String(one.type) : "none";
}

function isAllowed(name: string, licence: string): boolean {
  const stated = licence.replace(/^\((.*)\)$/, "$1");
  const isListed = (one: string) => ALLOWED_LICENCES.includes(one);
  return (
    stated.split(" OR ").some(isListed) || stated.split(" AND ").every(isListed) || LICENCE_EXCEPTIONS[name] === licence
  );
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
}

const LINE_OF_EXAMPLE = /^\| (\S+) (\d+\.\d+\.\d+) \| [^|]+ \| [^|]{6,} \| [^|]+ \|$/gm;
const LINE = /^\| (\S+) (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]{10,}) \| ([^|]+) \|$/gm;

test("every version in package.json is exact, and no package is declared twice", () => {
  for (const [name, version] of declared) assert.match(version, /^\d+\.\d+\.\d+$/, name);
  const names = [dependencies, devDependencies, optionalDependencies].flatMap(Object.keys);
  assert.equal(new Set(names).size, names.length);
});

test("the page has one line for each dependency, with its version and its declared licence", async () => {
  const lines = [...page.matchAll(LINE)];
  const documented = lines.map(([, name, version]) => [name, version]);
  assert.deepEqual(documented.sort(), declared.map(([name, version]) => [name, version]).sort());
  for (const [, name = "", , licence = ""] of lines) {
    const path = `node_modules/${name}`;
    const manifest = await installed(path);
    const stated = manifest === undefined ? lock.packages[path]?.license : licenceOf(manifest);
    assert.equal(licence, stated ?? licence, name);
    assert(isAllowed(name, licence), `${name}: ${licence}`);
  }
});

test("the lock file has each dependency in that version, and a hash for every package", () => {
  for (const [name, version] of declared) {
    const found = lock.packages[`node_modules/${name}`];
    if (found === undefined) assert(name in optionalDependencies, `${name} is not in the lock`);
    else assert.equal(found.version, version, name);
  }
  for (const [path, { integrity }] of locked) assert.match(integrity ?? "", /^sha512-/, path);
});

test("a node runs with fewer than 120 packages, and the page says how many", () => {
  const needed = locked.filter(([, { dev, optional, devOptional }]) => !dev && !optional && !devOptional);
  assert(needed.length < 120, `${needed.length} packages`);
  assert(page.includes(`A node runs with **${needed.length} packages**`), `${needed.length} packages`);
  assert(page.includes(`| wc -l\n${needed.length}\n`), `${needed.length} packages`);
});

test("the installed packages are those of the lock file", async () => {
  for (const [path, { version, optional }] of locked) {
    const manifest = await installed(path);
    if (manifest === undefined) assert(optional, `${path} is missing`);
    else assert.equal(manifest.version, version, path);
  }
});

test("only the listed packages have an install script", async () => {
  const withScript = new Set(locked.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path));
  for (const [path] of locked) {
    const scripts = (await installed(path))?.scripts ?? {};
    if (["preinstall", "install", "postinstall"].some((name) => name in scripts)) withScript.add(path);
  }
  const unexpected = [...withScript].filter((path) => !WITH_INSTALL_SCRIPT.includes(nameOf(path)));
  assert.deepEqual(unexpected, []);
  assert(withScript.size > 0, "the lock file does not mark packages with an install script");
  for (const name of WITH_INSTALL_SCRIPT) assert(page.includes(`\n| ${name} | `), name);
});

test("every licence of the tree is an allowed one, or a named exception", async () => {
  const refused: string[] = [];
  const excepted = new Set<string>();
  for (const [path, { license }] of locked) {
    const name = nameOf(path);
    const manifest = await installed(path);
    const licence = manifest === undefined ? (license ?? "none") : licenceOf(manifest);
    if (!isAllowed(name, licence)) refused.push(`${path}: ${licence}`);
    if (LICENCE_EXCEPTIONS[name] === licence) excepted.add(name);
  }
  assert.deepEqual(refused, []);
  assert.deepEqual([...excepted], Object.keys(LICENCE_EXCEPTIONS), "an exception that no package needs");
  for (const [name, licence] of Object.entries(LICENCE_EXCEPTIONS)) {
    assert(page.includes(`\n| ${name} | ${licence} | `), name);
  }
});

test("the example's packages are exact, documented, locked with their hashes, and of allowed licences", () => {
  const wanted = Object.entries({ ...example.dependencies, ...example.devDependencies });
  const documented = [...examplePage.matchAll(LINE_OF_EXAMPLE)].map(([, name, version]) => [name, version]);
  assert.deepEqual(documented.sort(), wanted.sort());
  for (const [name, version] of wanted) {
    assert.match(version, /^\d+\.\d+\.\d+$/, name);
    assert.equal(exampleLock.packages[`node_modules/${name}`]?.version, version, name);
    const own = { ...dependencies, ...devDependencies }[name];
    assert.equal(version, own ?? version, `${name} has another version than this repository`);
  }
  for (const [path, { integrity, license = "none", hasInstallScript = false }] of Object.entries(
    exampleLock.packages,
  )) {
    if (path === "") continue;
    assert.match(integrity ?? "", /^sha512-/, path);
    assert(EXAMPLE_EXCEPTIONS.includes(nameOf(path)) || isAllowed(nameOf(path), license), `${path}: ${license}`);
    assert(!hasInstallScript || WITH_INSTALL_SCRIPT.includes(nameOf(path)), path);
  }
});
