import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Says what has to be done when a test is over, however it went. */
export type AtEnd = (end: () => Promise<unknown>) => void;

/** What was begun last ends first: processes before the folder that they write to. Each ends, even when another one fails. */
export function endsOf(test: { after(end: () => Promise<void>): void }): AtEnd {
  const ends: (() => Promise<unknown>)[] = [];
  test.after(async () => {
    const failures: unknown[] = [];
    for (const end of ends.toReversed()) await end().catch((failure: unknown) => failures.push(failure));
    if (failures.length > 0) throw new AggregateError(failures, "What a test began did not end well");
  });
  return (end) => ends.push(end);
}

/** A folder that is gone at the end. */
export async function temporaryFolder(atEnd: AtEnd): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mapae-chain-"));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
