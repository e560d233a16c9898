import { chmod, copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY } from "../../cli/files/repository.ts";
import { compile, npm } from "./tools.ts";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/**
 * Builds the library's package, which has the name of this repository's, in a folder, which is emptied first: JavaScript and
 * types of `resolver/` for Node.js from 20 on and for bundlers, and `mapae/allocator` for issuers, which needs Node.js and
 * the package `level`.
 *
 * @throws Error when the library does not compile, or imports a package that is not a dependency of this repository.
 */
export async function buildPackage(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const lib = join(folder, "lib");
  await mkdir(lib, { recursive: true });
  await compile("tsconfig.package.json", join(lib, "resolver"));
  // After the library, which has to compile without Node's types.
  await compile("tsconfig.allocator.json", lib);
  const root = JSON.parse(await readFile(join(REPOSITORY, "package.json"), "utf8")) as Manifest;
  const imported = {
    library: await importedPackages(join(lib, "resolver")),
    allocator: await importedPackages(join(lib, "node")),
  };
  const manifest = describePackage(root, imported);
  await writeFile(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  await copyFile(join(REPOSITORY, "resolver", "README.md"), join(folder, "README.md"));
  await copyFile(join(REPOSITORY, "LICENSE"), join(folder, "LICENSE"));
}

/**
 * Packs a built package. Its files get the modes of Git, 644 and 755, so that the umask of a checkout and of this process has
 * no influence on the tarball.
 * @returns the path of the tarball, in `destination`.
 */
export async function packPackage(folder: string, destination: string): Promise<string> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    await chmod(path, ((await stat(path)).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
  const output = await npm(["pack", folder, "--pack-destination", destination, "--json", "--ignore-scripts"]);
  const [packed] = JSON.parse(output) as { filename: string }[];
  if (packed === undefined) throw new Error(`npm pack said ${output.slice(0, 200)}, wanted the name of a tarball`);
  return join(destination, packed.filename);
}

/**
 * The manifest of the package. Its dependencies are the tested versions, and newer ones that semantic versioning declares
 * compatible.
 */
function describePackage(
  { name, version, license, dependencies }: Manifest,
  imported: { readonly library: readonly string[]; readonly allocator: readonly string[] },
) {
  const range = (one: string) => {
    const tested = dependencies[one];
    if (tested === undefined) throw new Error(`The library imports ${one}, which is no dependency in package.json`);
    return [one, `^${tested}`];
  };
  const entry = (path: string) => ({ types: `./lib/${path}.d.ts`, default: `./lib/${path}.js` });
  const optional = imported.allocator.filter((one) => !imported.library.includes(one));
  return {
    name,
    version,
    description: "did:mapae for verifiers: resolves DIDs from nodes or a chain, checks status lists and accreditations",
    license,
    type: "module",
    sideEffects: false,
    engines: { node: ">=20.19" },
    exports: {
      ".": entry("resolver/index"),
      "./get-resolver": entry("resolver/get-resolver"),
      "./allocator": entry("node/issuing/index-allocator"),
    },
    files: ["lib"],
    dependencies: Object.fromEntries(imported.library.map(range)),
    // A verifier does not need them.
    peerDependencies: Object.fromEntries(optional.map(range)),
    peerDependenciesMeta: Object.fromEntries(optional.map((one) => [one, { optional: true }])),
  };
}

/** The packages that modules or types of a folder import, sorted, without Node's own modules. */
async function importedPackages(folder: string): Promise<string[]> {
  const names = new Set<string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const text = await readFile(join(entry.parentPath, entry.name), "utf8");
    // Skips examples in comments, which import the library itself.
    for (const [, name] of text.matchAll(/^(?! *\*).* from "((?:@[^/"]+\/)?[^./"][^/"]*)[^"]*";$/gm))
      if (name && !name.startsWith("node:")) names.add(name);
  }
  return [...names].sort();
}
