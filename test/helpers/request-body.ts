import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

/** The whole body of a request; `undefined` when its client closed the connection before, as a stopping node does. */
export async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  try {
    const body = await text(request);
    return request.complete ? body : undefined;
  } catch {
    return undefined;
  }
}
