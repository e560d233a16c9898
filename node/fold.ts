import { nextRoot } from "../resolver/head.ts";
import type { Hash, Hex } from "../resolver/hex.ts";
import {
  applyRegistryEvent,
  decodeRegistryLog,
  type Knowledge,
  REGISTRY_OF,
  type RegistryEvent,
  type StateOf,
  type SubjectKind,
  type SubjectState,
} from "../resolver/registry-event.ts";
import type { StatusWord } from "../resolver/status/apply-status-event.ts";
import type { TimedLog } from "./chain/follow-event.ts";
import type { Registries, Roots } from "./chain/roots.ts";

export interface FoldInput {
  readonly logs: readonly TimedLog[];
  readonly chainId: number;
  readonly registries: Registries;
  /** What is known before these logs. */
  readonly known: Knowledge;
  /** The registries' roots before them. */
  readonly roots: Roots;
}

/** What a list's word holds after some events. */
export interface WordChange {
  readonly list: Hash;
  readonly index: number;
  readonly word: StatusWord;
}

export interface Folded {
  readonly events: readonly RegistryEvent[];
  /** The subjects that they change, each after the last of them. */
  readonly states: readonly SubjectState[];
  readonly words: readonly WordChange[];
  /** How many of these subjects, and of these words, were never written before. */
  readonly created: { readonly subjects: number; readonly words: number };
  readonly roots: Roots;
  /** The roots after each block that has an event. */
  readonly rootsByBlock: ReadonlyMap<number, Roots>;
}

/**
 * Folds logs of the registries, in log order, to states, words and roots. Pure.
 * @throws ChainDataError, HistoryIncompleteError when these logs can't be all, or what the contracts wrote.
 */
export function foldLogs({ logs, chainId, registries, known, roots: before }: FoldInput): Folded {
  const events: RegistryEvent[] = [];
  const overlay = new Overlay(known);
  const rootsByBlock = new Map<number, Roots>();
  let roots = before;
  for (const { log, time } of logs) {
    const event = decodeRegistryLog(log, time, registries);
    if (event === undefined) continue;
    events.push(event);
    const { after, words } = applyRegistryEvent(overlay, event, chainId);
    overlay.set(after);
    for (const [index, word] of words) overlay.setWord({ list: event.id, index, word });
    const registry = REGISTRY_OF[event.kind];
    roots = { ...roots, [registry]: nextRoot(roots[registry], after.state.head) };
    rootsByBlock.set(log.blockNumber, roots);
  }
  const { states, words, created } = overlay;
  return { events, states: [...states.values()], words: [...words.values()], created, roots, rootsByBlock };
}

/** What is known, with what some events changed laid over it. What is below is read once. */
class Overlay implements Knowledge {
  readonly states = new Map<string, SubjectState>();
  readonly words = new Map<string, WordChange>();
  readonly #below: Knowledge;
  readonly #statesBelow = new Map<string, StateOf<SubjectKind> | undefined>();
  readonly #wordsBelow = new Map<string, StatusWord | undefined>();

  constructor(below: Knowledge) {
    this.#below = below;
  }

  state<K extends SubjectKind>(kind: K, id: Hex): StateOf<K> | undefined {
    const key = kind + id;
    const changed = this.states.get(key);
    if (changed !== undefined) return changed.state as StateOf<K>;
    if (!this.#statesBelow.has(key)) this.#statesBelow.set(key, this.#below.state(kind, id));
    return this.#statesBelow.get(key) as StateOf<K> | undefined;
  }

  word(list: Hash, index: number): StatusWord | undefined {
    const key = list + index;
    const changed = this.words.get(key);
    if (changed !== undefined) return changed.word;
    if (!this.#wordsBelow.has(key)) this.#wordsBelow.set(key, this.#below.word(list, index));
    return this.#wordsBelow.get(key);
  }

  set(after: SubjectState): void {
    this.states.set(after.kind + after.id, after);
  }

  setWord(change: WordChange): void {
    this.words.set(change.list + change.index, change);
  }

  /** How many of what changed were never written before. */
  get created(): { subjects: number; words: number } {
    const news = (changed: Map<string, unknown>, below: Map<string, unknown>) =>
      [...changed.keys()].filter((key) => below.get(key) === undefined).length;
    return { subjects: news(this.states, this.#statesBelow), words: news(this.words, this.#wordsBelow) };
  }
}
