import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

/** The whole body of a request; `undefined` when its client gave up before the body was here, as a node that stops does. */
export async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  try {
    const body = await text(request);
    return request.complete ? body : undefined;
  } catch {
    return undefined;
  }
}
