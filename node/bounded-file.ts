import { createReadStream } from "node:fs";

/**
 * Reads a file or a pipe (`<(…)`) to its end; what is longer than `maxBytes` is not read on.
 * @returns `undefined` when it is longer.
 */
export async function boundedFile(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  return boundedBytes(createReadStream(path), maxBytes);
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
