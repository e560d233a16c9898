import { MAX_LIST_SIZE } from "../../resolver/status/decode-status-log.ts";
import { readInput } from "../files/files.ts";
import { CliError } from "../terminal/errors.ts";
import { named } from "../terminal/named.ts";

/** Longest file of indexes, in bytes: enough for all of the largest list, one per line. */
const MAX_FILE_BYTES = 16_777_216;

/** Indexes that were given, which a list may not have. */
export interface GivenIndexes {
  /**
   * The indexes in ascending order, without repetitions.
   * @param size of the list.
   * @throws CliError `INVALID_INPUT` when the list does not have one of them.
   */
  readonly within: (size: number) => readonly number[];
}

/**
 * Reads indexes of credentials: `5,7,100-200`, or a file with such lines, or a JSON array of numbers.
 * @throws CliError `USAGE`, `INVALID_INPUT`
 */
export async function readIndexes({ index, file }: { index?: string; file?: string }): Promise<GivenIndexes> {
  if ((index === undefined) === (file === undefined)) {
    throw new CliError("USAGE", "Give either --index such as 5,7,100-200, or --file <file>");
  }
  const option = index === undefined ? "--file" : "--index";
  const input = { path: String(file), what: "list of indexes", maxBytes: MAX_FILE_BYTES };
  const text = index ?? (await named(option, () => readInput(input)));
  const indexes = named(option, () => parseIndexes(text));
  const highest = indexes.at(-1) ?? 0;
  return {
    within(size) {
      if (highest < size) return indexes;
      const detail = `Indexes of this list are 0 to ${size - 1}, got ${highest}`;
      throw new CliError("INVALID_INPUT", `${option}: ${detail}`);
    },
  };
}

function parseIndexes(text: string): readonly number[] {
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
    if (last >= MAX_LIST_SIZE)
      throw new CliError("INVALID_INPUT", `An index is at most ${MAX_LIST_SIZE - 1} in any list, got ${part}`);
    for (let one = first; one <= last; one++) found.add(one);
  }
  if (found.size === 0)
    throw new CliError("INVALID_INPUT", `Wanted an index, got ${JSON.stringify(text.slice(0, 40))}`);
  return [...found].sort((a, b) => a - b);
}
