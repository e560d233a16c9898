import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { DATA_HEADERS } from "../../http/answer.ts";

/** An answer that is sent while it is built, as fast as the client reads it. */
export interface StreamedAnswer {
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Parts of the body. The next one is requested when the client read the one before; the generator is ended when the client
   * disconnects.
   */
  readonly parts: AsyncGenerator<string, void, void>;
}

/** Bytes that are buffered for the client before the generator pauses. */
const HIGH_WATER_MARK = 65_536;

/**
 * Sends a stream with status 200; without its body for HEAD. The first part is produced before the headers are sent, so that
 * an error before it can still be answered with its own status.
 *
 * @throws errors of `parts`; then the answer lacks its last chunk. A client that disconnects is not an error.
 */
export async function sendStream(
  request: IncomingMessage,
  response: ServerResponse,
  { headers, parts }: StreamedAnswer,
): Promise<void> {
  const first = await parts.next();
  response.writeHead(200, { ...DATA_HEADERS, "cache-control": "no-store", ...headers });
  if (request.method === "HEAD" || first.done) {
    await parts.return();
    response.end();
    return;
  }
  const body = Readable.from(joined(first.value, parts), { objectMode: false, highWaterMark: HIGH_WATER_MARK });
  try {
    await pipeline(body, response);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  }
}

/** Joins parts to larger chunks, because a single change is too small to be sent efficiently. */
async function* joined(first: string, parts: AsyncGenerator<string, void, void>): AsyncGenerator<Buffer, void, void> {
  let text = first;
  for await (const part of parts) {
    text += part;
    if (text.length < HIGH_WATER_MARK) continue;
    yield Buffer.from(text);
    text = "";
  }
  if (text !== "") yield Buffer.from(text);
}
