import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { REPOSITORY } from "../../cli/files/repository.ts";
import { PAGE_PACKAGES, SINGLE_FILE } from "../page/build.ts";
import { buildOperatorPackage } from "./build-operator.ts";
import { buildPackage, packPackage } from "./build-package.ts";
import { softwareBillOfMaterials } from "./sbom.ts";

/**
 * `npm run release`: writes the library, the operator's package, its bill of materials, the page as one file, and the
 * checksums of all, to `dist/release` or to the folder in `--out`. The same commit gives the same bytes. An earlier release in
 * the folder is removed first; a folder with anything else is refused.
 */
const { out } = parseArgs({
  options: { out: { type: "string", default: join(REPOSITORY, "dist", "release") } },
}).values;
const folder = resolve(out);
const work = join(folder, "work");

/** Names in the folder of a release, and of one that was interrupted. */
const RELEASED = [
  /^mapae-(node-)?\d[\w.-]*\.tgz$/,
  /^mapae-node\.cdx\.json$/,
  /^mapae-page\.html$/,
  /^SHA256SUMS$/,
  /^work$/,
];

const others = existsSync(folder)
  ? (await readdir(folder)).filter((name) => !RELEASED.some((one) => one.test(name)))
  : [];
if (others.length > 0) {
  throw new Error(`${folder} has ${others.slice(0, 3).join(", ")}, which is no release: give an empty folder as --out`);
}
await rm(folder, { recursive: true, force: true });
await mkdir(work, { recursive: true });
const manifest = JSON.parse(await readFile(join(REPOSITORY, "package.json"), "utf8"));
const { version, dependencies } = manifest as { version: string; dependencies: Record<string, string> };
console.log("Building the library …");
await buildPackage(join(work, "library"));
await packPackage(join(work, "library"), folder);
console.log("Building the operator's package …");
await buildOperatorPackage(join(work, "operator"));
await packPackage(join(work, "operator"), folder);
const parts = { imported: Object.keys(dependencies), bundled: PAGE_PACKAGES };
await writeFile(join(folder, "mapae-node.cdx.json"), await softwareBillOfMaterials(version, parts));
await copyFile(join(work, "operator", "dist", "page", SINGLE_FILE), join(folder, SINGLE_FILE));
await rm(work, { recursive: true });

const lines: string[] = [];
for (const name of (await readdir(folder)).sort()) {
  const sum = createHash("sha256").update(await readFile(join(folder, name)));
  lines.push(`${sum.digest("hex")}  ${name}\n`);
}
await writeFile(join(folder, "SHA256SUMS"), lines.join(""));
process.stdout.write(lines.join(""));
