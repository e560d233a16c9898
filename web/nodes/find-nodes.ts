import type { Kept, Trusted } from "../settings.ts";
import type { Asking } from "./asking.ts";
import { listOf, member, textOf } from "./json.ts";

/** Most nodes that the page asks. */
const MAX_NODES = 12;

export interface FindOptions {
  /** The node that serves the page; `undefined` for the file on disk. */
  readonly own: string | undefined;
  readonly kept: Kept;
  readonly asking: Asking;
}

/**
 * The nodes to ask: for a served page the node that serves it and its peers, for the file on disk those that the user named.
 * The descriptor is the user's where there is one; one from a node is marked as such.
 */
export async function findNodes({ own, kept, asking }: FindOptions): Promise<{
  readonly nodes: readonly string[];
  readonly trusted: Trusted | undefined;
}> {
  const [first] = own === undefined ? kept.nodes : [own];
  if (first === undefined) return { nodes: [], trusted: trustedOf(kept, undefined) };
  const [status, descriptor] = await Promise.all([
    asking.json(`${first}/status`).catch(() => undefined),
    asking.json(`${first}/network`).catch(() => undefined),
  ]);
  // The content security policy of a served page allows only the nodes that the operator named.
  const peers =
    own === undefined ? [] : listOf(member(status, "peers")).flatMap((one) => textOf(member(one, "peer")) ?? []);
  const nodes = own === undefined ? kept.nodes : [own, ...peers];
  return { nodes: [...new Set(nodes)].slice(0, MAX_NODES), trusted: trustedOf(kept, descriptor) };
}

function trustedOf({ descriptor: given }: Kept, said: unknown): Trusted | undefined {
  if (given !== undefined) return { descriptor: given, from: "reader" };
  return said === undefined ? undefined : { descriptor: said, from: "node" };
}
