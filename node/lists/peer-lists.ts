import { UnavailableError } from "../../resolver/errors.ts";
import { boundedBytes, type Fetch, reasonOf } from "../../resolver/http/request.ts";

/** Timeout of a whole request to another node, in milliseconds. */
const TIMEOUT = 5_000;

/** Statuses with which a node answers the question. Any other one, such as 429 or 503, says nothing about the list. */
const ANSWERS: readonly number[] = [200, 404, 406];

/** Header of requests between nodes: a node that receives it does not ask others, so that requests never loop. */
export const MIRROR_HEADER = "mapae-mirror";

/** The part of a list that is wanted from another node. */
export interface PeerQuestion {
  /** Path on the node. */
  readonly path: string;
  /** The only media type that is accepted. */
  readonly type: string;
  /** Maximum bytes of such a list. Reading stops after them. */
  readonly maxBytes: number;
}

/**
 * Requests a list from another node, only at the URL that the operator configured, never at one from the chain.
 *
 * @param base URL of the node's public listener, as in the configuration.
 * @returns `undefined` when the node has no such list, or answers with another media type or too many bytes.
 * @throws UnavailableError when the node can't be asked.
 */
export async function askPeer(
  base: string,
  { path, type, maxBytes }: PeerQuestion,
  fetch: Fetch,
): Promise<Buffer | undefined> {
  try {
    const response = await fetch(`${base}${path}`, {
      headers: { accept: type, [MIRROR_HEADER]: "1" },
      // A redirect could lead to any server.
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT),
    });
    if (!ANSWERS.includes(response.status)) {
      await response.body?.cancel();
      throw new Error(`it answered HTTP ${response.status}`);
    }
    const [got] = (response.headers.get("content-type") ?? "").split(";");
    if (response.status !== 200 || got !== type) {
      await response.body?.cancel();
      return undefined;
    }
    const bytes = await boundedBytes(response, maxBytes);
    return bytes && Buffer.from(bytes.buffer);
  } catch (cause) {
    const why = reasonOf(cause).slice(0, 300);
    throw new UnavailableError(`Could not ask the node at ${base} for a status list: ${why}`, { cause });
  }
}
