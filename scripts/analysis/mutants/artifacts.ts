import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { REPOSITORY } from "../../../cli/files/repository.ts";
import type { Code } from "./compile.ts";

/** Folder of the files of a run. */
export const WORK = join(REPOSITORY, ".mapae", "mutants");

/** The artifacts that the tests of a mutant deploy: Hardhat's own, with the code that {@link placeCode} replaced. */
export const ARTIFACTS = join(WORK, "artifacts");

const artifact = z.looseObject({ bytecode: z.string(), deployedBytecode: z.string() });

/** Copies the artifacts of Hardhat's last build. */
export async function copyArtifacts(): Promise<void> {
  await rm(ARTIFACTS, { recursive: true, force: true });
  await cp(join(REPOSITORY, "artifacts"), ARTIFACTS, { recursive: true });
}

/** Replaces the code in the artifacts of its contracts. */
export async function placeCode(codes: readonly Code[]): Promise<void> {
  for (const { file, contract, bytecode, deployedBytecode, immutableReferences } of codes) {
    const path = join(ARTIFACTS, file, `${contract}.json`);
    const before = artifact.parse(JSON.parse(await readFile(path, "utf8")));
    const after = {
      ...before,
      bytecode: `0x${bytecode}`,
      deployedBytecode: `0x${deployedBytecode}`,
      immutableReferences,
    };
    await writeFile(path, JSON.stringify(after));
  }
}
