import { MapaeError } from "../../resolver/errors.ts";

/** A line is longer than the limit of its reader. */
export class LineTooLongError extends MapaeError {
  readonly code = "LINE_TOO_LONG";
}

const LINE_FEED = 0x0a;

/**
 * Splits chunks of UTF-8 text into lines, without their line feeds.
 * @throws LineTooLongError
 */
export async function* lines(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<string, void, void> {
  let rest: Buffer[] = [];
  let length = 0;
  const take = (last: Buffer) => {
    length += last.length;
    if (length > maxBytes) throw new LineTooLongError(`A line has more than ${maxBytes} bytes`);
    rest.push(last);
  };
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, from)) {
      take(bytes.subarray(from, end));
      yield rest.length === 1 ? (rest[0] as Buffer).toString() : Buffer.concat(rest).toString();
      rest = [];
      length = 0;
      from = end + 1;
    }
    if (from < bytes.length) take(bytes.subarray(from));
  }
  if (length > 0) yield Buffer.concat(rest).toString();
}

/** Approximate length of a chunk, in characters. */
const PIECE = 65_536;

/** The opposite: joins lines to chunks of text, with a line feed after each line. */
export async function* joined(lines: AsyncIterable<string>): AsyncGenerator<string, void, void> {
  let text = "";
  for await (const line of lines) {
    text += `${line}\n`;
    if (text.length < PIECE) continue;
    yield text;
    text = "";
  }
  if (text !== "") yield text;
}
