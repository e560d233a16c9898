import { readFile } from "node:fs/promises";

/** A file of this repository, by its path from the root. */
export function readRepositoryFile(path: string): Promise<string> {
  return readFile(new URL(`../../${path}`, import.meta.url), "utf8");
}

/** A page of documentation, with the padding of its tables' cells removed. */
export async function readPage(path: string): Promise<string> {
  return (await readRepositoryFile(path)).replace(/(\S) {2,}/g, "$1 ");
}

/**
 * The JSON blocks of a document that are marked as examples: ` ```json example=<name> `.
 * @throws Error for a name that occurs twice; SyntaxError for a block that is no JSON.
 */
export function findExamples(markdown: string): Map<string, unknown> {
  const examples = new Map<string, unknown>();
  for (const [, name = "", json = ""] of markdown.matchAll(/^```json example=(\S+)\n(.*?)^```$/gms)) {
    if (examples.has(name)) throw new Error(`The example ${name} occurs twice`);
    examples.set(name, JSON.parse(json));
  }
  return examples;
}
