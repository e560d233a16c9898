import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { REPOSITORY } from "../../../cli/files/repository.ts";
import type { Kind } from "./compile.ts";

const FOLDER = "test/contracts";

/** What tests consist of beside themselves and the contracts. */
const CODE_OF_TESTS = ["test/contracts", "test/helpers", "resolver", "package-lock.json", "hardhat.config.ts"];

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
  /** The contracts, and what all tests share. */
  readonly shared: string;
  /** One test file, by its path, with what is shared; `undefined` when it is none of the tests that may kill. */
  of(test: string): string | undefined;
  /** All tests that may kill. */
  readonly all: string;
}

/** @param contracts whatever stands for the contracts and how they are compiled. */
export async function readBasis(tests: readonly string[], contracts: string): Promise<Basis> {
  const hash = (...parts: (string | Buffer)[]) => {
    const sum = createHash("sha256");
    for (const part of parts) sum.update(part);
    return sum.digest("hex");
  };
  const parts: (string | Buffer)[] = [contracts];
  for (const root of CODE_OF_TESTS) {
    const found = /\.\w+$/.test(root) ? [""] : await readdir(join(REPOSITORY, root), { recursive: true });
    for (const file of found.filter((name) => name === "" || /(?<!\.test)\.(ts|json)$/.test(name)).sort()) {
      parts.push(`${root} ${file}\n`, await readFile(join(REPOSITORY, root, file)));
    }
  }
  const shared = hash(...parts);
  const each = new Map<string, string>();
  for (const test of tests) each.set(test, hash(shared, await readFile(join(REPOSITORY, test))));
  return { shared, of: (test) => each.get(test), all: hash(...each.values()) };
}
