import { readInput } from "../files/files.ts";
import { CliError } from "../terminal/errors.ts";

/** Longest file of indexes, in bytes: enough for all of the largest list, one per line. */
const MAX_FILE_BYTES = 16_777_216;

/**
 * Indexes of credentials: `5,7,100-200`, or a file with such lines, or a JSON array of numbers.
 *
 * @param size of the list.
 * @returns the indexes in ascending order, without repetitions.
 * @throws CliError `USAGE`, `INVALID_INPUT`
 */
export async function readIndexes(options: { index?: string; file?: string }, size: number): Promise<number[]> {
  const { index, file } = options;
  if ((index === undefined) === (file === undefined)) {
    throw new CliError("USAGE", "Give either --index such as 5,7,100-200, or --file <file>");
  }
  const text = index ?? (await readInput({ path: String(file), what: "list of indexes", maxBytes: MAX_FILE_BYTES }));
  const found = new Set<number>();
  for (const part of text.replace(/^\s*\[|\]\s*$/g, "").split(/[\s,]+/)) {
    if (part === "") continue;
    const [, from, to] = /^([0-9]{1,7})(?:-([0-9]{1,7}))?$/.exec(part) ?? [];
    if (from === undefined) {
      throw new CliError(
        "INVALID_INPUT",
        `An index is a number or a range such as 100-200, got ${JSON.stringify(part.slice(0, 40))}`,
      );
    }
    const [first, last] = [Number(from), Number(to ?? from)];
    if (last < first)
      throw new CliError("INVALID_INPUT", `A range goes from the lower index to the higher, got ${part}`);
    if (last >= size) {
      throw new CliError("INVALID_INPUT", `Indexes of this list are 0 to ${size - 1}, got ${part}`);
    }
    for (let one = first; one <= last; one++) found.add(one);
  }
  if (found.size === 0) throw new CliError("INVALID_INPUT", "No index was given");
  return [...found].sort((a, b) => a - b);
}
