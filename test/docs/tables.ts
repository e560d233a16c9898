import { readPage } from "./examples.ts";

/** The formatter aligns the columns of a table: only what its cells say counts. */
export function cells(table: string): string {
  return table
    .replace(/[ \t]+/g, " ")
    .replace(/-{3,}/g, "---")
    .trim();
}

/** A table of a page that stands between `<!-- name -->` and `<!-- /name -->`. */
export async function tableOf(page: string, name: string): Promise<string> {
  const text = await readPage(page);
  const [, table = ""] = new RegExp(`<!-- ${name} -->([\\s\\S]*?)<!-- /${name} -->`).exec(text) ?? [];
  return table;
}
