import type { Change } from "./change.ts";
import { csvLine } from "./csv.ts";

/** Media types of an export. */
export const EXPORT_TYPES = ["application/jsonl", "text/csv"] as const;
export type ExportType = (typeof EXPORT_TYPES)[number];

const COLUMNS = [
  "block",
  "blockHash",
  "time",
  "transaction",
  "logIndex",
  "kind",
  "subject",
  "type",
  "actor",
] as const satisfies readonly (keyof Change)[];

/**
 * The text of an export, one change at a time. CSV begins with a line of column names and has the details as JSON in the
 * last column.
 */
export async function* exported(changes: AsyncIterable<Change>, type: ExportType): AsyncGenerator<string, void, void> {
  if (type === "text/csv") yield csvLine([...COLUMNS, "details"]);
  for await (const change of changes) {
    yield type === "text/csv"
      ? csvLine([...COLUMNS.map((name) => change[name]), JSON.stringify(change.details)])
      : `${JSON.stringify(change)}\n`;
  }
}
