/**
 * Compiles the contracts and writes what is generated from them and from schemas: `resolver/abi.ts`,
 * `cli/deploy/pinned-code.ts` and `docs/network.schema.json`. With `--check` it writes nothing and fails when a file is not what it should be.
 */
import { spawnSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { type Artifact, type Artifacts, placesOf, REPOSITORY, readArtifacts } from "../cli/deploy/artifacts.ts";
import { withoutImmutables } from "../cli/deploy/immutables.ts";
import { networkDescriptorSchema } from "../resolver/index.ts";
import { keccak256 } from "../resolver/primitives/keccak.ts";

const { check, root } = parseArgs({
  options: { check: { type: "boolean", default: false }, root: { type: "string", default: REPOSITORY } },
}).values;

const artifacts = await readArtifacts();
const files = {
  "resolver/abi.ts": abiModule(artifacts),
  "cli/deploy/pinned-code.ts": pinnedModule(artifacts),
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

function pinnedModule(contracts: Artifacts): string {
  const pinned = Object.entries(contracts).map(([name, artifact]) => {
    const immutables = placesOf(artifact);
    return [name, { codeHash: keccak256(withoutImmutables(immutables, artifact.deployedBytecode)), immutables }];
  });
  return `// Generated from contracts/ by \`npm run compile\`; don't edit it here.

/** Of each contract keccak256 of its deployed code with zeros for the constructor's values, and where those stand. */
export const PINNED_CODE = ${JSON.stringify(Object.fromEntries(pinned))} as const;
`;
}

function networkSchema(): string {
  return JSON.stringify(z.toJSONSchema(networkDescriptorSchema, { io: "input" }));
}

/** Formats as the repository's formatter does, so that a check of all files passes on these too. */
function format(path: string, text: string): string {
  const biome = join(REPOSITORY, "node_modules", "@biomejs", "biome", "bin", "biome");
  const args = [biome, "format", `--stdin-file-path=${path}`];
  const run = spawnSync(process.execPath, args, { cwd: REPOSITORY, input: text, encoding: "utf8" });
  if (run.status !== 0) throw new Error(`biome could not format ${path}: ${run.stderr || run.error}`);
  return run.stdout;
}
