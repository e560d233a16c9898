import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { REPOSITORY } from "../../../cli/files/repository.ts";
import type { Kind } from "./compile.ts";

const FOLDER = "test/contracts";

/** Files on which all tests depend, besides the contracts. */
const SHARED = ["package-lock.json", "hardhat.config.ts"];

/** An import of a file of this repository. */
const IMPORT = /(?:from |import\(|import )"(\.[^"]+)"/g;

/** Tests that may not kill: those of gas, because a change of gas alone is not a fault, and that of the coverage report. */
const EXCLUDED = /^(gas|gas-registries|check-coverage)\.test\.ts$/;

/** Tests that deploy only the harnesses. */
const OF_HARNESSES = /\/context\.test\.ts$/;

/** The tests of the contracts, or those of the harnesses. */
export function testsOf(kind: Kind, tests: readonly string[]): string[] {
  return tests.filter((path) => OF_HARNESSES.test(path) === (kind === "harness"));
}

/** The tests that may kill a mutant, as paths from the root of this checkout. */
export async function testFiles(): Promise<string[]> {
  const files = (await readdir(join(REPOSITORY, FOLDER))).filter((file) => file.endsWith(".test.ts"));
  return files
    .filter((file) => !EXCLUDED.test(file))
    .sort()
    .map((file) => `${FOLDER}/${file}`);
}

/**
 * The tests in the order in which they run for a mutant: those named after its contract first, those named after another
 * contract last.
 *
 * @param contract path of the mutated file, such as `contracts/TrustRegistry.sol`.
 */
export function ordered(tests: readonly string[], contract: string): string[] {
  const subjects = ["trust", "status", "heads"];
  const own = subjects.find((subject) => basename(contract).toLowerCase().startsWith(subject));
  const rank = (path: string) => {
    const of = subjects.find((subject) => basename(path).startsWith(subject));
    return of === own ? 1 : of === undefined ? 2 : 3;
  };
  return [...tests].sort((one, other) => rank(one) - rank(other));
}

/** Hashes of everything that a verdict depends on. */
export interface Basis {
  /** Hash of the contracts and of the files on which all tests depend. */
  readonly shared: string;
  /** Hash of a test file by its path, with its imports and `shared`; `undefined` when it is not a test that may kill. */
  of(test: string): string | undefined;
  /** Hash of all tests that may kill. */
  readonly all: string;
}

/** @param contracts a text that represents the contracts and the compiler's settings. */
export async function readBasis(tests: readonly string[], contracts: string): Promise<Basis> {
  const shared = await hash(contracts, SHARED);
  const each = new Map<string, string>();
  for (const test of tests) each.set(test, await hash(shared, await withImports(test)));
  return { shared, of: (test) => each.get(test), all: await hash([...each.values()].join(), []) };
}

async function hash(beginning: string, files: readonly string[]): Promise<string> {
  const sum = createHash("sha256").update(beginning);
  for (const file of files) sum.update(`${file}\n`).update(await readFile(join(REPOSITORY, file)));
  return sum.digest("hex");
}

/** A file and all files of this repository that it imports, directly or indirectly, as sorted paths from the root. */
async function withImports(file: string): Promise<string[]> {
  const found = new Set([file]);
  for (const path of found) {
    const text = await readFile(join(REPOSITORY, path), "utf8");
    for (const [, specifier = ""] of text.matchAll(IMPORT)) found.add(join(dirname(path), specifier));
  }
  return [...found].sort();
}
