import { closeSync, createReadStream, openSync, readSync } from "node:fs";

/**
 * Reads a file or a pipe (`<(…)`) to its end. Reading stops when it is longer than `maxBytes`.
 * @returns `undefined` when it is longer.
 */
export async function boundedFile(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  return boundedBytes(createReadStream(path), maxBytes);
}

/** The same, synchronously. */
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

/** The same for an open stream, such as stdin. */
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
 * Decodes the UTF-8 text of a file that an operator wrote. A byte order mark at the beginning, which editors on Windows
 * write, is removed. The command line, the node and `doctor` all use this function.
 *
 * @throws TypeError when it is not UTF-8.
 */
export function utf8Text(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}
