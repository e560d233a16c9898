import { type NodeFacts, REGISTRIES, type Roots } from "../nodes/facts.ts";
import { isSameJson } from "../nodes/json.ts";

/** Something that a reader has to know of a node, the worst kinds first. */
export const REMARKS = [
  "otherNetwork",
  "differs",
  "wentBack",
  "peerDiffers",
  "unreachable",
  "halted",
  "notFollowing",
  "behind",
] as const;
export type RemarkKind = (typeof REMARKS)[number];

export interface Remark {
  readonly kind: RemarkKind;
  readonly node: string;
  /** What the sentence about it names. */
  readonly values: Readonly<Record<string, string | number>>;
}

/** A node this many blocks behind another's newest one is said to be: one block may come while they are asked. */
export const MAX_BLOCKS_BEHIND = 10;

/** Kinds of which one alone means that something is wrong, rather than late. */
export const FAULTS: ReadonlySet<RemarkKind> = new Set([
  "otherNetwork",
  "differs",
  "wentBack",
  "peerDiffers",
  "halted",
]);

export interface Comparison {
  readonly remarks: readonly Remark[];
  /** The newest block that all nodes that answered know to stay; `undefined` where none does. */
  readonly commonBlock: number | undefined;
}

export interface NodesToCompare {
  readonly facts: readonly NodeFacts[];
  /** The descriptor that the reader trusts. */
  readonly descriptor: unknown;
  /** Each node's roots as of {@link commonBlockOf}, by its URL. */
  readonly rootsThere: ReadonlyMap<string, Roots | undefined>;
  /** The highest block that each node ever said to stay, by its URL. */
  readonly seen: ReadonlyMap<string, number>;
}

/** The newest block that all nodes of some know to stay. */
export function commonBlockOf(facts: readonly NodeFacts[]): number | undefined {
  const blocks = facts.flatMap(({ settled }) => settled?.block ?? []);
  return blocks.length === 0 ? undefined : Math.min(...blocks);
}

/** What is wrong with nodes, by what each says of itself, of others, and beside the others. */
export function compareNodes({ facts, descriptor, rootsThere, seen }: NodesToCompare): Comparison {
  const commonBlock = commonBlockOf(facts);
  const highest = Math.max(0, ...facts.flatMap(({ newest }) => newest?.block ?? []));
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
    }
    const others = facts.flatMap(({ url: other }) => {
      const [ours, theirs] = [rootsThere.get(url), rootsThere.get(other)];
      return ours !== undefined && theirs !== undefined && !isSameRoots(ours, theirs) ? [nameOf(other)] : [];
    });
    if (others.length > 0 && commonBlock !== undefined) {
      found.push(remark("differs", { others: others.join(", "), block: commonBlock }));
    }
    return found;
  });
  remarks.sort((a, b) => REMARKS.indexOf(a.kind) - REMARKS.indexOf(b.kind));
  return { remarks, commonBlock };
}

export function nameOf(url: string): string {
  try {
    return new URL(url).host || url;
  } catch {
    return url;
  }
}

function isSameRoots(a: Roots, b: Roots): boolean {
  return REGISTRIES.every((name) => a[name] === b[name]);
}
