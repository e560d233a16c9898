import { once } from "node:events";
import type { Writable } from "node:stream";
import type { Gate } from "../gate.ts";
import { MAX_REQUEST_BYTES, readCheck, shownDecision } from "./answer.ts";

/**
 * Checks one credential per line of the input, and answers on one line each, in order. A line is the text of a credential, or
 * JSON as for `POST /checks`. It waits for a slow reader of the answers, and ends with the input or when nobody reads the answers
 * any more.
 */
export async function checkLines(
  gate: Gate,
  input: AsyncIterable<string | Uint8Array>,
  output: Writable,
): Promise<void> {
  let isOver = false;
  // Standard output is not destroyed when its reader closes the pipe, so only the events tell.
  const over = once(output, "close").then(end, end);
  function end() {
    isOver = true;
  }
  for await (const line of boundedLines(input)) {
    const text = line?.trim();
    if (text === "") continue;
    const hasRoom = output.write(`${JSON.stringify(await answerTo(gate, text))}\n`);
    if (!hasRoom && !isOver) await Promise.race([over, once(output, "drain").catch(() => undefined)]);
    if (isOver) return;
  }
}

/** The lines of a stream; `undefined` for a line longer than a request may be, which is not buffered. */
async function* boundedLines(input: AsyncIterable<string | Uint8Array>): AsyncGenerator<string | undefined> {
  const decoder = new TextDecoder();
  let begun = "";
  let isTooLong = false;
  for await (const part of input) {
    const lines = (begun + (typeof part === "string" ? part : decoder.decode(part, { stream: true }))).split("\n");
    begun = lines.pop() ?? "";
    for (const line of lines) {
      yield isTooLong ? undefined : line;
      isTooLong = false;
    }
    if (begun.length > MAX_REQUEST_BYTES) isTooLong = true;
    if (isTooLong) begun = "";
  }
  if (isTooLong) yield undefined;
  else yield begun;
}

async function answerTo(gate: Gate, text: string | undefined): Promise<object> {
  const presented = text?.startsWith("{") === false ? { credential: text } : readCheck(text ?? "");
  return shownDecision(presented === undefined ? gate.refuse("CREDENTIAL_MALFORMED") : await gate.check(presented));
}
