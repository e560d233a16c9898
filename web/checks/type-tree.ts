import { MapaeError } from "../../resolver/errors.ts";
import { currentDeployment, type NetworkDescriptor } from "../../resolver/network.ts";
import type { Address, Hash, Hex } from "../../resolver/primitives/hex.ts";
import { type Standing, standingOf } from "../../resolver/trust/accreditation.ts";
import { applyGrantEvent, type GrantState, grantIdOf } from "../../resolver/trust/apply-trust-event.ts";
import { decodeTrustLog, type GrantEvent } from "../../resolver/trust/decode-trust-log.ts";
import { shownLabel } from "../../resolver/trust/label.ts";
import { listOf, member, numberOf, textOf } from "../nodes/json.ts";
import { type Check, check } from "./check.ts";
import { nameOf } from "./compare-nodes.ts";

/** A grant folded from its events, and when its subject was deactivated. */
export interface TreeGrant {
  readonly events: readonly GrantEvent[];
  readonly state: GrantState;
  readonly deactivatedAt: number | undefined;
}

/** The grants of a type from one node, folded here. */
export interface TreeAtNode {
  readonly url: string;
  /** Block and time of its newest change of any kind; `undefined` where the node does not state it. */
  readonly asOf: { readonly block: number; readonly time: number } | undefined;
  readonly grants: readonly TreeGrant[];
  /** Number of further grants that are not in the answer. */
  readonly left: number;
  /** Ids of grants whose events do not match the node's answer. */
  readonly altered: readonly string[];
}

/**
 * Folds a node's answer about a type. The facts of a grant have to match its events, and its id has to be that of its type,
 * subject, parent and number.
 *
 * @throws MapaeError for events that no contract can have emitted.
 */
export function treeAt(url: string, answer: unknown, typeId: Hash, network: NetworkDescriptor): TreeAtNode {
  const registry = currentDeployment(network).registries.trust.address;
  const altered: string[] = [];
  const grants = listOf(member(answer, "accreditations")).flatMap((one): TreeGrant[] => {
    const grantId = textOf(member(one, "grantId")) ?? "";
    const events = listOf(member(one, "history")).map((log) => eventOf(log, registry));
    const state = events.reduce<GrantState | undefined>(
      (known, event) => applyGrantEvent(known, event, network.chainId),
      undefined,
    );
    if (state === undefined) return [];
    const isAsClaimed =
      state.grantId === grantId &&
      grantIdOf(state) === grantId &&
      state.typeId === typeId &&
      FACTS.every((name) => member(one, name) === state[name]) &&
      member(one, "label") === shownLabel(state.label) &&
      (member(one, "accepted") === null) === (state.accepted === null);
    if (!isAsClaimed) altered.push(grantId);
    return [{ events, state, deactivatedAt: numberOf(member(one, "deactivatedAt")) }];
  });
  const block = numberOf(member(answer, "asOf", "block"));
  const time = Date.parse(textOf(member(answer, "asOf", "time")) ?? "") / 1_000;
  const asOf = block === undefined || Number.isNaN(time) ? undefined : { block, time };
  return { url, asOf, grants, left: numberOf(member(answer, "left")) ?? 0, altered };
}

const FACTS = ["subject", "parent", "number", "notBefore", "notAfter", "mayGrant", "withdrawnFrom", "head"] as const;

function eventOf(value: unknown, address: Address): GrantEvent {
  const text = (name: string) => (textOf(member(value, name)) ?? "0x") as Hex;
  const whole = (name: string) => numberOf(member(value, name)) ?? -1;
  const log = {
    address,
    topics: listOf(member(value, "topics")).filter((one): one is Hash => typeof one === "string"),
    data: text("data"),
    blockNumber: whole("block"),
    blockHash: text("blockHash"),
    transactionHash: text("transaction"),
    logIndex: whole("logIndex"),
  };
  const event = decodeTrustLog(log, whole("time"));
  if (event.type !== "typeAdded") return event;
  throw new TypeError("an event of a type stands among those of a grant");
}

/** Checks each node's tree, and names nodes with impossible events. */
export function checkTrees(
  answers: readonly (TreeAtNode | { readonly url: string; readonly failure: unknown })[],
): Check[] {
  const found: Check[] = [];
  const trees: TreeAtNode[] = [];
  for (const one of answers) {
    const node = nameOf(one.url);
    if ("failure" in one) {
      const why = one.failure instanceof Error ? one.failure.message : String(one.failure);
      const isImpossible =
        one.failure instanceof MapaeError || (one.failure instanceof TypeError && !/fetch/i.test(why));
      found.push(check(isImpossible ? "bad" : "late", isImpossible ? "impossible" : "unreachable", { node, why }));
      continue;
    }
    trees.push(one);
    for (const grant of one.altered.slice(0, 5))
      found.push(check("bad", "grantAltered", { node, grant: grant.slice(0, 10) }));
    if (one.altered.length === 0) found.push(check("good", "treeFolded", { node, count: one.grants.length }));
  }
  const [first, ...others] = trees;
  if (first === undefined) return found;
  if (others.length === 0) return [...found, check("late", "oneNode", { node: nameOf(first.url) })];
  const different = others.filter((one) => digestOf(one) !== digestOf(first));
  for (const one of different) {
    const [earlier, later] = isEarlier(one, first) ? [one, first] : [first, one];
    // A node that has not read the newest blocks yet is late, as long as it has all that the other one had then.
    const isLate = earlier.asOf && earlier.asOf !== later.asOf && digestOf(later, earlier.asOf) === digestOf(earlier);
    const values = { node: nameOf(earlier.url), other: nameOf(later.url) };
    found.push(
      isLate && earlier.asOf.block < (later.asOf?.block ?? 0)
        ? check("late", "behind", { ...values, block: earlier.asOf.block })
        : check("bad", "treeDiffers", { node: nameOf(one.url), other: nameOf(first.url) }),
    );
  }
  if (different.length === 0) found.push(check("good", "treeSame", { count: trees.length }));
  return found;
}

function isEarlier(a: TreeAtNode, b: TreeAtNode): boolean {
  return (a.asOf?.block ?? 0) < (b.asOf?.block ?? 0);
}

/** A text that is equal for equal trees, as of a moment: the tree has accepted grants only. */
function digestOf({ grants }: TreeAtNode, upTo = { block: Infinity, time: Infinity }): string {
  const parts = grants.flatMap(({ events, deactivatedAt = Infinity }) => {
    const own = events.filter(({ block }) => block <= upTo.block);
    if (!own.some(({ type }) => type === "accepted")) return [];
    const facts = own.map(({ time, log }) => [time, log.topics, log.data]);
    return [[facts, deactivatedAt <= upTo.time ? deactivatedAt : null]];
  });
  return JSON.stringify(parts);
}

/** One grant in the tree, with its standing. */
export interface TreeItem {
  readonly grant: GrantState;
  readonly standing: Standing;
  readonly children: readonly TreeItem[];
}

/** The two clocks, in Unix seconds: the moment whose knowledge is used, and the moment that is judged. */
export interface Clocks {
  readonly asOf: number;
  readonly at: number;
}

/** The tree with the knowledge of one moment, judged at another; each grant follows its parent. */
export function treeAsOf(grants: readonly TreeGrant[], chainId: number, { asOf, at }: Clocks): TreeItem[] {
  const known = new Map<Hash, GrantState>();
  const ends = new Map<Address, number | undefined>();
  for (const { events, deactivatedAt } of grants) {
    const state = events
      .filter(({ time }) => time <= asOf)
      .reduce<GrantState | undefined>((before, event) => applyGrantEvent(before, event, chainId), undefined);
    if (state === undefined || state.accepted === null) continue;
    known.set(state.grantId, state);
    ends.set(state.subject, deactivatedAt !== undefined && deactivatedAt <= asOf ? deactivatedAt : undefined);
  }
  const lookup = { grant: (id: Hash) => known.get(id), deactivatedAt: (one: Address) => ends.get(one) };
  const below = (parent: Hash | null): TreeItem[] =>
    [...known.values()]
      .filter((grant) => grant.parent === parent)
      .map((grant) => ({ grant, standing: standingOf(lookup, grant.grantId, at), children: below(grant.grantId) }));
  return below(null);
}

/** The times of the tree's events, oldest first, without repetitions. */
export function momentsOf(grants: readonly TreeGrant[]): number[] {
  return [...new Set(grants.flatMap(({ events }) => events.map(({ time }) => time)))].sort((a, b) => a - b);
}
