import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { REPOSITORY } from "../../../cli/files/repository.ts";
import type { Kind } from "./compile.ts";

const FOLDER = "test/contracts";

/** What all tests run on, beside the contracts. */
const SHARED = ["package-lock.json", "hardhat.config.ts"];

/** An import of a file of ours, which is written with its extension. */
const IMPORT = /(?:from |import\(|import )"(\.[^"]+)"/g;

/** Tests that may not kill: a change of gas alone is no fault, and one is about the coverage report. */
const EXCLUDED = /^(gas|gas-registries|check-coverage)\.test\.ts$/;

/** Tests that deploy the harnesses, and nothing else of ours. */
const OF_HARNESSES = /\/context\.test\.ts$/;

/** The tests of contracts, or those of their harnesses. */
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
 * The tests in the order in which a mutant should meet them: those named after its contract first, those named after
 * another last.
 *
 * @param contract the mutated file, `contracts/TrustRegistry.sol`.
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

/** What a verdict depends on, as hashes. */
export interface Basis {
  /** The contracts, and what all tests run on. */
  readonly shared: string;
  /** One test file, by its path, with what it imports and what is shared; `undefined` when it is none of the tests that may kill. */
  of(test: string): string | undefined;
  /** All tests that may kill. */
  readonly all: string;
}

/** @param contracts whatever stands for the contracts and how they are compiled. */
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

/** A file and all of ours that it needs, directly or not, as sorted paths from the root of this checkout. */
async function withImports(file: string): Promise<string[]> {
  const found = new Set([file]);
  for (const path of found) {
    const text = await readFile(join(REPOSITORY, path), "utf8");
    for (const [, specifier = ""] of text.matchAll(IMPORT)) found.add(join(dirname(path), specifier));
  }
  return [...found].sort();
}
