import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { DATA_HEADERS } from "../../http/answer.ts";

/** An answer that is sent as it is made, at the pace of who reads it. */
export interface StreamedAnswer {
  readonly headers: Readonly<Record<string, string>>;
  /** Is asked for the next part when the one before was taken; ended when the reader disconnects. */
  readonly parts: AsyncGenerator<string, void, void>;
}

/** Bytes that wait for the reader before nothing more is made. */
const HIGH_WATER_MARK = 65_536;

/**
 * Sends a stream with status 200; without its body for HEAD. The first part is made before the first byte is sent, so that
 * what is refused can still be.
 *
 * @throws whatever `parts` throws; then the answer ends short of its last chunk. A reader that disconnects is no error.
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

/** Parts of some size: a change alone is too small to be sent. */
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
