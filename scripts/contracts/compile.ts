import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import type { Artifact, ContractName } from "../../cli/deploy/artifacts.ts";
import { inTurn } from "../../cli/files/lock.ts";
import { REPOSITORY } from "../../cli/files/repository.ts";

const bytecode = z
  .string()
  .regex(/^0x(?:[0-9a-fA-F]{2})+$/, "bytecode is bytes in hex")
  .transform((value) => value.toLowerCase() as `0x${string}`);

/** A compiled contract in Hardhat's form. */
const outputSchema = z.object({
  abi: z.array(z.looseObject({ type: z.string() })),
  bytecode,
  deployedBytecode: bytecode,
  /** Positions of immutables in the deployed code, by the compiler's id of each. */
  immutableReferences: z.record(z.string(), z.array(z.object({ start: z.int().min(0), length: z.int().min(1) }))),
});

/** Paths of the contracts of a network below Hardhat's folder of artifacts. */
const SOURCES: Readonly<Record<ContractName, string>> = {
  ERC2771Forwarder: "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol",
  TimelockController: "@openzeppelin/contracts/governance/TimelockController.sol",
  DidRegistry: "contracts/DidRegistry.sol",
  TrustRegistry: "contracts/TrustRegistry.sol",
  StatusRegistry: "contracts/StatusRegistry.sol",
  CouncilSeat: "contracts/CouncilSeat.sol",
};

/** Lock of the build: concurrent builds break each other, because they write the same files of Hardhat's cache. */
const LOCK = join(REPOSITORY, "cache", "build.lock");
const HARDHAT = join(REPOSITORY, "node_modules", "hardhat", "dist", "src", "cli.js");

/**
 * Compiles the contracts of a network while no other process does. Unchanged contracts take only a second, because Hardhat
 * caches them.
 *
 * @throws Error with the compiler's message.
 */
export async function compileContracts(): Promise<Readonly<Record<ContractName, Artifact>>> {
  await inTurn(LOCK, () => promisify(execFile)(process.execPath, [HARDHAT, "build", "--quiet"], { cwd: REPOSITORY }));
  const read = async (name: ContractName): Promise<[ContractName, Artifact]> => {
    const file = join(REPOSITORY, "artifacts", SOURCES[name], `${name}.json`);
    const { immutableReferences, ...code } = outputSchema.parse(JSON.parse(await readFile(file, "utf8")));
    const places = Object.values(immutableReferences).flat();
    return [name, { contractName: name, ...code, immutables: places.sort((a, b) => a.start - b.start) }];
  };
  return Object.fromEntries(await Promise.all((Object.keys(SOURCES) as ContractName[]).map(read))) as Record<
    ContractName,
    Artifact
  >;
}
