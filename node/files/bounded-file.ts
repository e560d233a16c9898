import { closeSync, createReadStream, openSync, readSync } from "node:fs";

/**
 * Reads a file or a pipe (`<(…)`) to its end; what is longer than `maxBytes` is not read on.
 * @returns `undefined` when it is longer.
 */
export async function boundedFile(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  return boundedBytes(createReadStream(path), maxBytes);
}

/** The same, waiting for it. */
export function boundedFileSync(path: string, maxBytes: number): Uint8Array | undefined {
  const bytes = Buffer.alloc(maxBytes + 1);
  const file = openSync(path, "r");
  try {
    let length = 0;
    for (let read = -1; read !== 0 && length <= maxBytes; length += read) {
      read = readSync(file, bytes, length, bytes.length - length, null);
    }
    return length > maxBytes ? undefined : bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

/** The same for a stream that is open, such as stdin. */
export async function boundedBytes(
  input: AsyncIterable<string | Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of input) {
    const bytes = Buffer.from(part as Uint8Array);
    length += bytes.length;
    if (length > maxBytes) return undefined;
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

/**
 * The text of a file that somebody wrote, in UTF-8. A byte order mark at its beginning, which editors on Windows write, is no
 * part of it: the command line, the node and `doctor` all read so.
 *
 * @throws TypeError when it is no UTF-8.
 */
export function utf8Text(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}
