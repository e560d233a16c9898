import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import type { Artifact, ContractName } from "../../cli/deploy/artifacts.ts";
import { inTurn } from "../../cli/files/lock.ts";

/** The root of the checkout. Not imported from what is generated, which may be missing or stale. */
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const bytecode = z
  .string()
  .regex(/^0x(?:[0-9a-fA-F]{2})+$/, "bytecode is bytes in hex")
  .transform((value) => value.toLowerCase() as `0x${string}`);

/** A compiled contract, as Hardhat writes it. */
const outputSchema = z.object({
  abi: z.array(z.looseObject({ type: z.string() })),
  bytecode,
  deployedBytecode: bytecode,
  /** Where the constructor's values stand in the deployed code, by the compiler's id of each. */
  immutableReferences: z.record(z.string(), z.array(z.object({ start: z.int().min(0), length: z.int().min(1) }))),
});

/** Where Hardhat puts the contracts of a network. */
const SOURCES: Readonly<Record<ContractName, string>> = {
  ERC2771Forwarder: "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol",
  TimelockController: "@openzeppelin/contracts/governance/TimelockController.sol",
  DidRegistry: "contracts/DidRegistry.sol",
  TrustRegistry: "contracts/TrustRegistry.sol",
  StatusRegistry: "contracts/StatusRegistry.sol",
  CouncilSeat: "contracts/CouncilSeat.sol",
};

/** Two builds at a time break each other: they write the same files of its cache. */
const LOCK = join(ROOT, "cache", "build.lock");
const HARDHAT = join(ROOT, "node_modules", "hardhat", "dist", "src", "cli.js");

/**
 * Compiles the contracts of a network, when no other process does; a second time it takes a second, since Hardhat knows
 * what has not changed.
 *
 * @throws Error with the compiler's message.
 */
export async function compileContracts(): Promise<Readonly<Record<ContractName, Artifact>>> {
  await inTurn(LOCK, () => promisify(execFile)(process.execPath, [HARDHAT, "build", "--quiet"], { cwd: ROOT }));
  const read = async (name: ContractName): Promise<[ContractName, Artifact]> => {
    const file = join(ROOT, "artifacts", SOURCES[name], `${name}.json`);
    const {
      immutableReferences,
      abi,
      bytecode: created,
      deployedBytecode,
    } = outputSchema.parse(JSON.parse(await readFile(file, "utf8")));
    const immutables = Object.values(immutableReferences)
      .flat()
      .sort((a, b) => a.start - b.start);
    return [name, { contractName: name, abi, bytecode: created, deployedBytecode, immutables }];
  };
  return Object.fromEntries(await Promise.all((Object.keys(SOURCES) as ContractName[]).map(read))) as Record<
    ContractName,
    Artifact
  >;
}
