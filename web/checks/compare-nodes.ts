import { type NodeFacts, REGISTRIES, type Roots } from "../nodes/facts.ts";
import { isSameJson } from "../nodes/json.ts";

/** Remarks about a node that matter to the page's user, the worst kinds first. */
export const REMARKS = [
  "otherNetwork",
  "differs",
  "wentBack",
  "peerDiffers",
  "unreachable",
  "halted",
  "notFollowing",
  "notCompared",
  "behind",
] as const;
export type RemarkKind = (typeof REMARKS)[number];

export interface Remark {
  readonly kind: RemarkKind;
  readonly node: string;
  /** The values for its sentence. */
  readonly values: Readonly<Record<string, string | number>>;
}

/** Most blocks by which a node may be behind another one without a remark: blocks may arrive while nodes are asked. */
export const MAX_BLOCKS_BEHIND = 10;

/** Kinds that mean that something is wrong, and not just late. */
export const FAULTS: ReadonlySet<RemarkKind> = new Set([
  "otherNetwork",
  "differs",
  "wentBack",
  "peerDiffers",
  "halted",
]);

export interface Comparison {
  readonly remarks: readonly Remark[];
  /** The newest block that is finalized at all nodes that answered; `undefined` where there is none. */
  readonly commonBlock: number | undefined;
}

/** A node's roots by the block; `undefined` where it did not answer. */
export type RootsAt = ReadonlyMap<number, Roots | undefined>;

export interface NodesToCompare {
  readonly facts: readonly NodeFacts[];
  /** The descriptor that the page's user trusts. */
  readonly descriptor: unknown;
  /** By each node's URL its roots as of the newest finalized block of each node, as far as that is finalized there. */
  readonly rootsThere: ReadonlyMap<string, RootsAt>;
  /** The highest block that each node ever reported as finalized, by its URL. */
  readonly seen: ReadonlyMap<string, number>;
}

/** The newest block that is finalized at all of some nodes. */
function commonBlockOf(facts: readonly NodeFacts[]): number | undefined {
  const blocks = facts.flatMap(({ settled }) => settled?.block ?? []);
  return blocks.length === 0 ? undefined : Math.min(...blocks);
}

/** The faults of nodes, from what each reports of itself and of other nodes, and from a comparison of all. */
export function compareNodes({ facts, descriptor, rootsThere, seen }: NodesToCompare): Comparison {
  const commonBlock = commonBlockOf(facts);
  const highest = Math.max(0, ...facts.flatMap(({ newest }) => newest?.block ?? []));
  const final = Math.max(0, ...facts.flatMap(({ settled }) => settled?.block ?? []));
  const remarks = facts.flatMap((node): Remark[] => {
    const { url, failure, state, reason = "", newest, settled, peers = [] } = node;
    const remark = (kind: RemarkKind, values: Remark["values"] = {}): Remark => ({ kind, node: nameOf(url), values });
    if (failure !== undefined) return [remark("unreachable", { why: failure })];
    const found: Remark[] = [];
    if (descriptor !== undefined && !isSameJson(node.descriptor, descriptor)) found.push(remark("otherNetwork"));
    const before = seen.get(url) ?? -1;
    if (settled !== undefined && settled.block < before) {
      found.push(remark("wentBack", { before, now: settled.block }));
    }
    for (const { peer, differsFrom } of peers) {
      if (differsFrom !== undefined) found.push(remark("peerDiffers", { peer, block: differsFrom }));
    }
    if (state === "halted") found.push(remark("halted", { why: reason }));
    else if (state !== "following") found.push(remark("notFollowing", { why: reason }));
    if (newest !== undefined && highest - newest.block > MAX_BLOCKS_BEHIND) {
      found.push(remark("behind", { blocks: highest - newest.block, block: newest.block }));
    } else if (settled !== undefined && final - settled.block > MAX_BLOCKS_BEHIND) {
      // Nodes are compared only up to what it says is final, which it may choose.
      found.push(remark("behind", { blocks: final - settled.block, block: settled.block }));
    }
    const others = facts.flatMap((other) => {
      const block = Math.min(settled?.block ?? Number.NaN, other.settled?.block ?? Number.NaN);
      const [ours, theirs] = [rootsThere.get(url)?.get(block), rootsThere.get(other.url)?.get(block)];
      return ours !== undefined && theirs !== undefined && !isSameRoots(ours, theirs)
        ? [{ name: nameOf(other.url), block }]
        : [];
    });
    if (others.length > 0) {
      const names = others.map(({ name }) => name).join(", ");
      found.push(remark("differs", { others: names, block: Math.min(...others.map(({ block }) => block)) }));
    }
    const [unanswered] = [...(rootsThere.get(url) ?? [])].find(([, roots]) => roots === undefined) ?? [];
    if (unanswered !== undefined) found.push(remark("notCompared", { block: unanswered }));
    return found;
  });
  remarks.sort((a, b) => REMARKS.indexOf(a.kind) - REMARKS.indexOf(b.kind));
  return { remarks, commonBlock };
}

/** The host of a node's URL, and the path below which it serves: two nodes can share a host. */
export function nameOf(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return host === "" ? url : `${host}${pathname}`.replace(/\/+$/, "");
  } catch {
    return url;
  }
}

function isSameRoots(a: Roots, b: Roots): boolean {
  return REGISTRIES.every((name) => a[name] === b[name]);
}
