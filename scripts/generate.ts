/**
 * Compiles the contracts and writes the files that are generated from them and from schemas: `resolver/abi.ts`,
 * `cli/deploy/artifacts.json` (their code) and `docs/network.schema.json`. With `--check` it writes nothing and fails when a
 * file is missing or outdated.
 */
import { spawnSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import type { Artifact, Artifacts } from "../cli/deploy/artifacts.ts";
import { REPOSITORY } from "../cli/files/repository.ts";
import { networkDescriptorSchema } from "../resolver/network.ts";
import { compileContracts } from "./contracts/compile.ts";

const { check, root } = parseArgs({
  options: { check: { type: "boolean", default: false }, root: { type: "string", default: REPOSITORY } },
}).values;

const artifacts = await compileContracts();
const files = {
  "resolver/abi.ts": abiModule(artifacts),
  "cli/deploy/artifacts.json": codeOf(artifacts),
  "docs/network.schema.json": networkSchema(),
};
for (const [path, text] of Object.entries(files)) {
  const file = join(root, path);
  const wanted = format(path, text);
  const got = await readFile(file, "utf8").catch(() => undefined);
  if (got === wanted) continue;
  if (check) {
    console.error(`${path} is ${got === undefined ? "missing" : "out of date"}: run npm run compile and commit it`);
    process.exitCode = 1;
    continue;
  }
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, wanted);
  console.log(`Wrote ${path}`);
}

function abiModule(artifacts: Artifacts): string {
  const { DidRegistry, TrustRegistry, StatusRegistry, CouncilSeat, ERC2771Forwarder, TimelockController } = artifacts;
  return `// Generated from contracts/ by \`npm run compile\`; don't edit it here.

/** ABI of \`DidRegistry\`. */
${abiConstant("didRegistryAbi", DidRegistry)}
/** ABI of \`TrustRegistry\`. */
${abiConstant("trustRegistryAbi", TrustRegistry)}
/** ABI of \`StatusRegistry\`. */
${abiConstant("statusRegistryAbi", StatusRegistry)}
/** ABI of \`CouncilSeat\`. */
${abiConstant("councilSeatAbi", CouncilSeat)}
/** ABI of OpenZeppelin's \`ERC2771Forwarder\`, which relays signed writes. */
${abiConstant("forwarderAbi", ERC2771Forwarder)}
/** ABI of OpenZeppelin's \`TimelockController\`, through which governance acts. */
${abiConstant("timelockAbi", TimelockController)}`;
}

function abiConstant(name: string, { abi }: Artifact): string {
  return `export const ${name} = ${JSON.stringify(abi)} as const;\n`;
}

/** The code of the contracts, which the library's ABIs do not contain. */
function codeOf(contracts: Artifacts): string {
  const code = Object.entries(contracts).map(([name, { bytecode, deployedBytecode, immutables }]) => {
    return [name, { bytecode, deployedBytecode, immutables }];
  });
  return JSON.stringify(Object.fromEntries(code));
}

function networkSchema(): string {
  return JSON.stringify(z.toJSONSchema(networkDescriptorSchema, { io: "input" }));
}

/** Formats with the repository's formatter, so that its check of all files also passes for generated ones. */
function format(path: string, text: string): string {
  const biome = join(REPOSITORY, "node_modules", "@biomejs", "biome", "bin", "biome");
  const args = [biome, "format", `--stdin-file-path=${path}`];
  const run = spawnSync(process.execPath, args, { cwd: REPOSITORY, input: text, encoding: "utf8" });
  if (run.status !== 0) throw new Error(`biome could not format ${path}: ${run.stderr || run.error}`);
  return run.stdout;
}
