import { readPage } from "./examples.ts";

/** A table without the padding of its cells, because the formatter aligns columns. */
export function cells(table: string): string {
  return table
    .replace(/[ \t]+/g, " ")
    .replace(/-{3,}/g, "---")
    .trim();
}

/** The table of a page between `<!-- name -->` and `<!-- /name -->`. */
export async function tableOf(page: string, name: string): Promise<string> {
  const text = await readPage(page);
  const [, table = ""] = new RegExp(`<!-- ${name} -->([\\s\\S]*?)<!-- /${name} -->`).exec(text) ?? [];
  return table;
}
