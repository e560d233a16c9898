import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";

/**
 * The part of node:http's parser that is used here: the parser calls `onIncoming` for each request, and its return value
 * controls the parsing.
 */
interface Parsing {
  onIncoming?: ((request: IncomingMessage, keepAlive: boolean) => number | undefined) | null;
}

/** Return value that ends HTTP on a connection, as after a protocol upgrade: the parser ignores the remaining bytes. */
const NO_MORE_HTTP = 2;

/**
 * Makes node:http stop parsing the requests of a connection that is being closed. Otherwise it parses all of the 64 KiB that it
 * read: 500 requests that arrived together become requests, answers and errors with stacks, which takes 5 ms during which all
 * other clients wait. node:http has no public way to stop inside a chunk; if a later version lacks this internal one, this
 * function has no effect.
 */
export function stopParsing({ parser }: Socket & { readonly parser?: Parsing | null }): void {
  if (parser?.onIncoming) parser.onIncoming = () => NO_MORE_HTTP;
}
