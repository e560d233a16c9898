import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Registers a function that runs when a test is over, even if it failed. */
export type AtEnd = (end: () => Promise<unknown>) => void;

/**
 * The functions run in reverse order of registration, so that processes end before their folder is removed. Each runs, even
 * when another one fails.
 */
export function endsOf(test: { after(end: () => Promise<void>): void }): AtEnd {
  const ends: (() => Promise<unknown>)[] = [];
  test.after(async () => {
    const failures: unknown[] = [];
    for (const end of ends.toReversed()) await end().catch((failure: unknown) => failures.push(failure));
    if (failures.length > 0) throw new AggregateError(failures, "What a test began did not end well");
  });
  return (end) => ends.push(end);
}

/** A folder that is removed at the end. Its path has a space, as an operator's may have. */
export async function temporaryFolder(atEnd: AtEnd): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mapae chain-"));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
