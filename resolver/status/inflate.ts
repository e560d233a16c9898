import { nodeZlib } from "../primitives/platform.ts";
import { StatusListError } from "./status-list-error.ts";

/** `deflate` is the zlib format (RFC 1950), `gzip` that of RFC 1952. */
export type Compression = "deflate" | "gzip";

/**
 * Inflates data to an expected `length` of bytes, and stops at the first byte beyond it: hostile input never takes more memory
 * than that length and one chunk. On Node by zlib, synchronously: a stream passes each chunk to another thread and takes five
 * times as long for a list.
 *
 * @throws StatusListError `STATUS_LIST_MALFORMED` when the bytes are cut, altered or in another format; `STATUS_LIST_SIZE`
 * when they inflate to more or fewer.
 */
export const inflate: (bytes: Uint8Array, format: Compression, length: number) => Promise<Uint8Array> =
  nodeZlib === undefined ? inflateByStream : inflateByZlib;

async function inflateByZlib(bytes: Uint8Array, format: Compression, length: number): Promise<Uint8Array> {
  const zlib = nodeZlib as NonNullable<typeof nodeZlib>;
  const options = { maxOutputLength: Math.max(1, length), chunkSize: Math.max(MIN_CHUNK, length), info: true } as const;
  try {
    const { buffer, engine } = format === "gzip" ? zlib.gunzipSync(bytes, options) : zlib.inflateSync(bytes, options);
    if (engine.bytesWritten !== bytes.length) throw malformed(format);
    if (buffer.length !== length) throw wrongLength(String(buffer.length), length);
    return new Uint8Array(buffer.buffer, buffer.byteOffset, length);
  } catch (cause) {
    if (cause instanceof StatusListError) throw cause;
    if ((cause as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE") throw wrongLength(`more than ${length}`, length);
    throw malformed(format, cause);
  }
}

/** Smallest output buffer that zlib accepts, in bytes. */
const MIN_CHUNK = 64;

/** {@link inflate} where there is no zlib. */
export async function inflateByStream(bytes: Uint8Array, format: Compression, length: number): Promise<Uint8Array> {
  const inflated = new Uint8Array(length);
  let at = 0;
  const stream = new DecompressionStream(format);
  const writer = stream.writable.getWriter();
  // An error of writing is also an error of reading, and is reported there.
  const written = writer
    .write(bytes.slice())
    .then(() => writer.close())
    .catch(() => undefined);
  const reader = stream.readable.getReader();
  try {
    for (;;) {
      const { done, value } = await read(reader, format);
      if (done) break;
      if (at + value.length > length) throw wrongLength(`more than ${length}`, length);
      inflated.set(value, at);
      at += value.length;
    }
  } catch (error) {
    // The rest is not needed. The stream may have failed already: then there is nothing to cancel.
    await reader.cancel().catch(() => undefined);
    throw error;
  }
  await written;
  if (at !== length) throw wrongLength(String(at), length);
  return inflated;
}

async function read(reader: ReadableStreamDefaultReader<Uint8Array>, format: Compression) {
  try {
    return await reader.read();
  } catch (cause) {
    throw malformed(format, cause);
  }
}

function malformed(format: Compression, cause?: unknown): StatusListError {
  return new StatusListError("STATUS_LIST_MALFORMED", `The list does not inflate as ${format}`, { cause });
}

function wrongLength(got: string, wanted: number): StatusListError {
  return new StatusListError("STATUS_LIST_SIZE", `The list inflates to ${got} bytes, wanted ${wanted}`);
}
