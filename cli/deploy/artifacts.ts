import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import type { Hex } from "../../resolver/index.ts";
import { CliError } from "../terminal/errors.ts";
import { inTurn } from "../terminal/lock.ts";
import { type ImmutablePlace, withoutImmutables } from "./immutables.ts";

/** The root of this checkout: contracts, their artifacts and Hardhat's configuration are under it. */
export const REPOSITORY = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const bytecode = z
  .string()
  .regex(/^0x(?:[0-9a-fA-F]{2})+$/, "bytecode is bytes in hex")
  .transform((value) => value.toLowerCase() as Hex);

const artifactSchema = z.object({
  contractName: z.string(),
  abi: z.array(z.looseObject({ type: z.string() })),
  bytecode,
  deployedBytecode: bytecode,
  /** Where the constructor's values stand in the deployed code, by the compiler's id of each. */
  immutableReferences: z.record(z.string(), z.array(z.object({ start: z.int().min(0), length: z.int().min(1) }))),
});

/** A compiled contract, as Hardhat writes it. */
export type Artifact = z.output<typeof artifactSchema>;

/** The contracts of a network and where Hardhat puts them. */
const SOURCES = {
  ERC2771Forwarder: "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol",
  TimelockController: "@openzeppelin/contracts/governance/TimelockController.sol",
  DidRegistry: "contracts/DidRegistry.sol",
  TrustRegistry: "contracts/TrustRegistry.sol",
  StatusRegistry: "contracts/StatusRegistry.sol",
  CouncilSeat: "contracts/CouncilSeat.sol",
} as const;
export type ContractName = keyof typeof SOURCES;
export type Artifacts = Readonly<Record<ContractName, Artifact>>;

/** Two builds at a time break each other: they write the same files of its cache. */
const LOCK = join(REPOSITORY, "cache", "build.lock");
const HARDHAT = join(REPOSITORY, "node_modules", "hardhat", "dist", "src", "cli.js");

/**
 * Compiles the contracts, when no other process does; a second time it takes a second, since Hardhat knows what has not
 * changed.
 *
 * @param options.hardhat its command, which an installation for a node alone is without
 * @throws CliError `COMPILER_MISSING`; `BUILD_FAILED` with the compiler's words.
 */
export async function buildContracts({
  signal,
  hardhat = HARDHAT,
}: {
  signal?: AbortSignal;
  hardhat?: string;
} = {}): Promise<void> {
  if (!existsSync(hardhat)) {
    const how = "Install all that a deployment needs, with npm ci --ignore-scripts and without --omit=dev";
    throw new CliError("COMPILER_MISSING", `There is no Hardhat at ${hardhat} to compile the contracts. ${how}`);
  }
  const options = { cwd: REPOSITORY, ...(signal && { signal }) };
  const build = () => promisify(execFile)(process.execPath, [hardhat, "build", "--quiet"], options);
  try {
    await inTurn(LOCK, build, signal);
  } catch (cause) {
    const { stdout = "", stderr = "" } = cause as { stdout?: string; stderr?: string };
    throw new CliError("BUILD_FAILED", `The contracts do not compile:\n${`${stdout}${stderr}`.trim() || cause}`, {
      cause,
    });
  }
}

/** Builds and reads what a network consists of. */
export async function readArtifacts(options: { signal?: AbortSignal } = {}): Promise<Artifacts> {
  await buildContracts(options);
  const read = async ([name, source]: [string, string]): Promise<[string, Artifact]> => {
    const file = join(REPOSITORY, "artifacts", source, `${name}.json`);
    return [name, artifactSchema.parse(JSON.parse(await readFile(file, "utf8")))];
  };
  return Object.fromEntries(await Promise.all(Object.entries(SOURCES).map(read))) as Record<ContractName, Artifact>;
}

/** Whether deployed code is what the compiler made of a contract, whatever the constructor's values in it. */
export function isCodeOf(artifact: Artifact, code: Hex): boolean {
  const places = placesOf(artifact);
  return withoutImmutables(places, code) === withoutImmutables(places, artifact.deployedBytecode);
}

/** Where the constructor's values stand in a contract's deployed code. */
export function placesOf({ immutableReferences }: Artifact): readonly ImmutablePlace[] {
  return Object.values(immutableReferences).flat();
}
