import { UnavailableError } from "../../resolver/errors.ts";
import { boundedBytes, type Fetch, reasonOf } from "../../resolver/http/request.ts";

/** Milliseconds for a whole request to another node. */
const TIMEOUT = 5_000;

/** Header by which a node asks another one for what it has: a node that receives it does not ask others, so that requests never loop. */
export const MIRROR_HEADER = "mapae-mirror";

/** What of a list is wanted from another node. */
export interface PeerQuestion {
  /** Path from a node's root on. */
  readonly path: string;
  /** The one media type that is taken. */
  readonly type: string;
  /** Most bytes that such a list can have: what is longer is not read on. */
  readonly maxBytes: number;
}

/**
 * Asks another node for a list, at the URL that the operator configured and never at one from the chain.
 *
 * @param base URL of the node's public listener, without a slash at its end.
 * @returns `undefined` when it answered that it has none, or something else than what was wanted.
 * @throws UnavailableError when it can't be asked.
 */
export async function askPeer(
  base: string,
  { path, type, maxBytes }: PeerQuestion,
  fetch: Fetch,
): Promise<Buffer | undefined> {
  try {
    const response = await fetch(`${base}${path}`, {
      headers: { accept: type, [MIRROR_HEADER]: "1" },
      // A redirect could lead anywhere.
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT),
    });
    if (response.status >= 500) throw new Error(`it answered HTTP ${response.status}`);
    const [got] = (response.headers.get("content-type") ?? "").split(";");
    if (response.status !== 200 || got !== type) {
      await response.body?.cancel();
      return undefined;
    }
    const bytes = await boundedBytes(response, maxBytes);
    return bytes && Buffer.from(bytes.buffer);
  } catch (cause) {
    const why = reasonOf(cause).slice(0, 300);
    throw new UnavailableError(`Could not ask the node at ${new URL(base).origin} for a status list: ${why}`, {
      cause,
    });
  }
}
