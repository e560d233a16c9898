/** Replaces `node:test` for test files that `test-process.ts` loads: records their tests, so that they can run repeatedly. */

/** A test of a file. */
export interface RecordedTest {
  readonly file: string;
  readonly name: string;
  readonly run: () => unknown;
}

/** All tests of the files loaded so far. */
export const recorded: RecordedTest[] = [];

/** The file that is being loaded. */
let loading = "";

/** Loads test files one after another; paths are relative to the working directory. */
export async function record(files: readonly string[], load: (file: string) => Promise<unknown>): Promise<void> {
  for (const file of files) {
    loading = file;
    await load(file);
  }
}

/** `test` of `node:test`, without options and context; a file that uses more fails to load. */
export function test(name: string, run: () => unknown): void {
  if (typeof name !== "string" || typeof run !== "function" || run.length > 0) {
    throw new TypeError(`${loading}: a test of contracts has a name and a function without parameters, got "${name}"`);
  }
  recorded.push({ file: loading, name, run });
}
