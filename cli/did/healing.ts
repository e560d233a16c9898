import type { DidEvent } from "../../resolver/did/decode-log.ts";
import {
  type EntryKey,
  entryHistories,
  methodOf,
  RELATIONSHIP_OF,
  readAttribute,
  thumbprint,
} from "../../resolver/index.ts";
import type { Call } from "../terminal/call.ts";
import { confirm } from "../terminal/terminal.ts";
import type { DidChange } from "./change.ts";

/**
 * An entry that was revoked and set again, which makes it valid again for every moment (method specification, section 11, rule
 * 3).
 */
export interface Healing {
  /** Block of the revocation. */
  readonly revoked: number;
  /** Block in which it was set again. */
  readonly set: number;
}

/** The revocation and healing of one entry. */
export interface Revocations {
  /** Block of its newest event if that is a revocation; otherwise `null`. */
  readonly revoked: number | null;
  /** Its newest healing; `null` when there was none. */
  readonly healed: Healing | null;
}

/** The revocations and healings of each entry, from all events of a DID in the chain's order. */
export function revocationsOf(events: readonly DidEvent[]): (entry: EntryKey) => Revocations {
  const found = new Map<string, Revocations>();
  const none: Revocations = { revoked: null, healed: null };
  for (const entry of entryHistories(events)) {
    let { revoked, healed } = none;
    for (const { block, validTo } of entry.changes) {
      if (validTo !== 0 && revoked !== null) healed = { revoked, set: block };
      revoked = validTo === 0 ? block : null;
    }
    found.set(textOf(entry), { revoked, healed });
  }
  return (entry) => found.get(textOf(entry)) ?? none;
}

/** An entry of a key or delegate whose newest event is a revocation. */
interface RevokedMethod {
  readonly entry: EntryKey;
  /** Of the id of the key or delegate, which other entries may have too. */
  readonly fragment: string;
  /** The verification relationship for which it was set. */
  readonly purpose: string;
  /** Block of the revocation. */
  readonly block: number;
}

function revokedMethods(events: readonly DidEvent[]): RevokedMethod[] {
  return entryHistories(events).flatMap(({ changes, ...entry }) => {
    const [method, last] = [methodOf(entry), changes.at(-1)];
    if (method === undefined || last?.validTo !== 0) return [];
    return [{ entry, fragment: method.fragment, purpose: RELATIONSHIP_OF[method.purpose], block: last.block }];
  });
}

/** A revocation of another entry of the same key or delegate, which makes it bad for every date. */
export type OtherRevocation = Pick<RevokedMethod, "purpose" | "block">;

/**
 * By which other entry a key or delegate is revoked, for each of its entries (method specification, section 11, rule 1).
 * @returns a function that returns the newest such revocation, `null` when there is none.
 */
export function otherRevocations(events: readonly DidEvent[]): (entry: EntryKey) => OtherRevocation | null {
  const revoked = revokedMethods(events);
  return (entry) => {
    const fragment = methodOf(entry)?.fragment;
    const others = revoked.filter((one) => one.fragment === fragment && textOf(one.entry) !== textOf(entry));
    const [newest] = others.sort((a, b) => b.block - a.block);
    return newest === undefined ? null : { purpose: newest.purpose, block: newest.block };
  };
}

function textOf({ kind, name, value }: EntryKey): string {
  return `${kind} ${name} ${value}`;
}

/**
 * Asks for confirmation before changes that would heal a revoked key or delegate, and warns when it would stay revoked.
 *
 * @param yes whether `--yes` was given.
 * @throws CliError `USAGE` without a terminal, `DECLINED`
 */
export async function confirmHealing(
  { terminal, out }: Pick<Call, "terminal" | "out">,
  { events, changes, yes }: { events: readonly DidEvent[]; changes: readonly DidChange[]; yes: boolean },
): Promise<void> {
  const of = revocationsOf(events);
  const set = changes.flatMap((change) => setBy(change) ?? []);
  const healed = set.flatMap((entry) => {
    const { revoked } = of(entry);
    return revoked === null ? [] : [`${nameOf(entry)} was revoked in block ${revoked}.`];
  });
  for (const one of stillRevoked(events, set)) out.warn(one);
  if (healed.length === 0 || yes) return;
  await confirm(
    terminal,
    `${healed.join("\n")}\nSetting all its entries again heals it for every date: whatever it signed at any time counts again, what a ` +
      "thief signed with it too.",
  );
}

/**
 * The other entries of the keys and delegates that are set which are revoked: while one is, the key is bad for every date
 * (method specification, section 11, rule 1), though the DID document has it.
 */
function stillRevoked(events: readonly DidEvent[], set: readonly EntryKey[]): string[] {
  const names = new Set(set.map(textOf));
  const fragments = new Set(set.map((entry) => methodOf(entry)?.fragment));
  return revokedMethods(events)
    .filter(({ entry, fragment }) => fragments.has(fragment) && !names.has(textOf(entry)))
    .map(
      ({ entry, purpose, block }) =>
        `${nameOf(entry)} stays revoked for every date, because it was revoked for ${purpose} in block ${block}: set it for that again too`,
    );
}

function setBy(change: DidChange): EntryKey | undefined {
  switch (change.kind) {
    case "setAttribute":
      return { kind: "attribute", name: change.name, value: change.value };
    case "addDelegate":
      return { kind: "delegate", name: change.type, value: change.delegate };
    default:
      return undefined;
  }
}

function nameOf(entry: EntryKey): string {
  if (entry.kind === "delegate") return `The delegate ${entry.value}`;
  const attribute = readAttribute(entry);
  return attribute?.kind === "key" ? `The key ${thumbprint(attribute.jwk)}` : "An entry";
}
