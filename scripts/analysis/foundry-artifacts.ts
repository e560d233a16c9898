import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";

const HARDHAT = "artifacts";
const BUILD_INFO = join(HARDHAT, "build-info");

/** What Hardhat keeps of one contract, as far as it is read here: which build it comes from. */
const artifact = z.object({ contractName: z.string(), inputSourceName: z.string(), buildInfoId: z.string() });

const code = z.looseObject({ object: z.string() });

/** What the compiler said in one build. */
const buildOutput = z.object({
  output: z.object({
    sources: z.record(z.string(), z.object({ id: z.int(), ast: z.looseObject({ absolutePath: z.string() }) })),
    contracts: z.record(
      z.string(),
      z.record(
        z.string(),
        z.object({
          abi: z.array(z.unknown()),
          metadata: z.string(),
          evm: z.object({
            bytecode: code,
            deployedBytecode: code,
            methodIdentifiers: z.record(z.string(), z.string()),
          }),
        }),
      ),
    ),
  }),
});

/** A contract as Foundry would have written it. */
export type FoundryContract = Readonly<{
  /** `source:contract`, as halmos names it. */
  path: string;
  /** Signatures of its external functions. */
  functions: readonly string[];
}>;

/**
 * Writes what Hardhat has built the way Foundry does, as `<out>/<file>.sol/<contract>.json`. It is Hardhat's own
 * output, so what is analysed is the very bytecode that is deployed.
 *
 * @throws {Error} when nothing was built, or when two contracts would take the same place.
 */
export async function writeFoundryArtifacts(out: string): Promise<FoundryContract[]> {
  await rm(out, { recursive: true, force: true });
  const builds = new Map<string, z.infer<typeof buildOutput>["output"]>();
  const written = new Map<string, FoundryContract>();
  for (const { contractName, inputSourceName, buildInfoId } of await builtContracts()) {
    const build = builds.get(buildInfoId) ?? (await readBuild(buildInfoId));
    builds.set(buildInfoId, build);
    const contract = build.contracts[inputSourceName]?.[contractName];
    const source = build.sources[inputSourceName];
    if (!contract || !source) throw new Error(`${buildInfoId} lacks ${inputSourceName}:${contractName}`);
    const folder = join(out, basename(inputSourceName));
    const file = join(folder, `${contractName}.json`);
    if (written.has(file)) throw new Error(`two contracts would be ${file}: ${inputSourceName} is the second one`);
    const { bytecode, deployedBytecode, methodIdentifiers } = contract.evm;
    await mkdir(folder, { recursive: true });
    await writeFile(
      file,
      JSON.stringify({
        abi: contract.abi,
        bytecode: { ...bytecode, object: `0x${bytecode.object}` },
        deployedBytecode: { ...deployedBytecode, object: `0x${deployedBytecode.object}` },
        methodIdentifiers,
        metadata: JSON.parse(contract.metadata),
        ast: source.ast,
        id: source.id,
      }),
    );
    const path = `${source.ast.absolutePath}:${contractName}`;
    written.set(file, { path, functions: Object.keys(methodIdentifiers) });
  }
  return [...written.values()];
}

/** Each contract once, from the build that is its newest: Hardhat keeps older builds beside it. */
async function builtContracts() {
  const files = (await readdir(HARDHAT, { recursive: true })).filter((file) => /\.sol\/[^/]+\.json$/.test(file));
  if (files.length === 0) throw new Error(`${HARDHAT} is empty: run "hardhat build" first`);
  return Promise.all(
    files.map(async (file) => artifact.parse(JSON.parse(await readFile(join(HARDHAT, file), "utf8")))),
  );
}

async function readBuild(id: string) {
  return buildOutput.parse(JSON.parse(await readFile(join(BUILD_INFO, `${id}.output.json`), "utf8"))).output;
}
