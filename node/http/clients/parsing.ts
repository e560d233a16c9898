import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";

/** The part of node:http's parser that is used here: it is called for each request, and what it returns says how to go on. */
interface Parsing {
  onIncoming?: ((request: IncomingMessage, keepAlive: boolean) => number | undefined) | null;
}

/** What the parser takes for the end of HTTP on a connection, as after a change of protocol: the bytes behind are left. */
const NO_MORE_HTTP = 2;

/**
 * Makes node:http parse nothing more of a connection that is closed. Else it goes through all of the 64 KiB that it read at
 * once: of 500 requests that came together each becomes a request, an answer, and an error with a stack, 5 ms in all, while
 * all others wait. node:http has no public way to stop inside what it read; where a later version has this one no more,
 * nothing is changed here.
 */
export function parseUntilClosed(socket: Socket & { readonly parser?: Parsing | null }): void {
  const { parser } = socket;
  const onIncoming = parser?.onIncoming;
  if (!parser || !onIncoming) return;
  parser.onIncoming = (request, keepAlive) => (socket.destroyed ? NO_MORE_HTTP : onIncoming(request, keepAlive));
}
