import { readdir, readFile } from "node:fs/promises";

/** The report of `hardhat test --coverage`, and the folder of the contracts that it must cover. */
const REPORT = "coverage/lcov.info";
const CONTRACTS = "contracts";

/** The coverage report cannot be read, or does not cover every line of every contract. */
export class CoverageError extends Error {
  readonly code = "COVERAGE";
}

/**
 * Reads an lcov tracefile: `SF:<file>` starts a file, `DA:<line>,<hits>` is one of its lines.
 *
 * @returns for each file the number of executable lines, and the lines that never ran.
 * @throws {CoverageError} when a record is invalid.
 */
export function readLcov(text: string): Map<string, { lines: number; missed: number[] }> {
  const files = new Map<string, { lines: number; missed: number[] }>();
  let file: { lines: number; missed: number[] } | undefined;
  for (const record of text.split("\n")) {
    if (record.startsWith("SF:")) {
      file = { lines: 0, missed: [] };
      files.set(record.slice(3), file);
    } else if (record.startsWith("DA:")) {
      const [, line, hits] = /^DA:(\d+),(\d+)/.exec(record) ?? [];
      if (!file || !line || !hits) throw new CoverageError(`cannot read the coverage record "${record}"`);
      file.lines += 1;
      if (Number(hits) === 0) file.missed.push(Number(line));
    }
  }
  return files;
}

/**
 * Reports what is missing to 100 % of lines. Hardhat counts a line as run only if each of its statements ran, so full line
 * coverage is also full statement coverage.
 *
 * @param report an lcov tracefile.
 * @param contracts paths of the contracts that must be in it.
 * @returns one complaint per incomplete file; none when all lines ran.
 */
export function complaints(report: string, contracts: readonly string[]): string[] {
  const files = readLcov(report);
  return contracts.flatMap((path) => {
    const file = files.get(path);
    if (!file || file.lines === 0) return [`${path}: not in the report`];
    if (file.missed.length === 0) return [];
    const percent = ((100 * (file.lines - file.missed.length)) / file.lines).toFixed(2);
    return [`${path}: ${percent} % of lines, never run: ${file.missed.join(", ")}`];
  });
}

/** Paths of the contracts with code, without interfaces and the contracts of tests. */
async function contractsWithCode(): Promise<string[]> {
  const files = await readdir(CONTRACTS, { recursive: true });
  return files
    .filter((file) => file.endsWith(".sol") && !/^(interfaces|test)[/\\]/.test(file))
    .map((file) => `${CONTRACTS}/${file.replaceAll("\\", "/")}`)
    .sort();
}

if (import.meta.main) {
  const report = await readFile(REPORT, "utf8").catch((cause: unknown) => {
    throw new CoverageError(`cannot read ${REPORT}: run "hardhat test --coverage" first`, { cause });
  });
  const contracts = await contractsWithCode();
  const wrong = complaints(report, contracts);
  for (const complaint of wrong) console.error(complaint);
  if (wrong.length > 0 || contracts.length === 0) process.exitCode = 1;
  else console.log(`all lines of ${contracts.join(", ")} ran`);
}
