import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";

const HARDHAT = "artifacts";
const BUILD_INFO = join(HARDHAT, "build-info");

/** The part of a Hardhat artifact that is read here: the build that it comes from. */
const artifact = z.object({ contractName: z.string(), inputSourceName: z.string(), buildInfoId: z.string() });

const code = z.looseObject({ object: z.string() });

/** The compiler's output of one build. */
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

/** A contract whose artifact was written in Foundry's form. */
export type FoundryContract = Readonly<{
  /** `source:contract`, the name that halmos uses. */
  path: string;
  /** Signatures of its external functions. */
  functions: readonly string[];
}>;

/**
 * Writes Hardhat's build in Foundry's form, as `<out>/<file>.sol/<contract>.json`, so that the analysed bytecode is the one
 * that is deployed.
 *
 * @throws {Error} when nothing was built, or when two contracts would have the same file.
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

/** Each contract once, with the id of its newest build: Hardhat also keeps older builds. */
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
