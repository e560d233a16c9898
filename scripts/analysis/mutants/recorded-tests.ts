/** Stands in for `node:test` when a test file is loaded by `test-process.ts`: keeps its tests, so that they can run often. */

/** A test that a file has. */
export interface RecordedTest {
  readonly file: string;
  readonly name: string;
  readonly run: () => unknown;
}

/** All tests of the files loaded so far. */
export const recorded: RecordedTest[] = [];

/** What is loaded now. */
let loading = "";

/** Loads test files, one after the other, as paths from the working directory. */
export async function record(files: readonly string[], load: (file: string) => Promise<unknown>): Promise<void> {
  for (const file of files) {
    loading = file;
    await load(file);
  }
}

/** `test` of `node:test`, without options and without a context: a file that wants more does not load. */
export function test(name: string, run: () => unknown): void {
  if (typeof name !== "string" || typeof run !== "function" || run.length > 0) {
    throw new TypeError(`${loading}: a test of contracts has a name and a function without parameters, got "${name}"`);
  }
  recorded.push({ file: loading, name, run });
}
