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
 * Which nodes are asked: the one that serves the page, those that it is compared with, and those that the reader named. The
 * descriptor is the reader's where there is one; a node's own word is marked as such.
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
  // A page that a node serves may ask no other node than those that its operator named: its policy says so.
  const peers =
    own === undefined ? [] : listOf(member(status, "peers")).flatMap((one) => textOf(member(one, "peer")) ?? []);
  const nodes = own === undefined ? kept.nodes : [own, ...peers];
  return { nodes: [...new Set(nodes)].slice(0, MAX_NODES), trusted: trustedOf(kept, descriptor) };
}

function trustedOf({ descriptor: given }: Kept, said: unknown): Trusted | undefined {
  if (given !== undefined) return { descriptor: given, from: "reader" };
  return said === undefined ? undefined : { descriptor: said, from: "node" };
}
