import type { Folded, Present } from "../fold.ts";
import * as keys from "./keys.ts";

/**
 * What some events add to the content of a store, and change in it, one by one: of a range it is a lot. Each key comes once.
 * Equal events give equal bytes, on every node.
 */
export function* contentOf({ events, states, words, rootsByBlock }: Folded): Generator<[key: string, json: string]> {
  for (const event of events) {
    const { own, index } = keys.historyKeys(event);
    yield [own, keys.historyJson(event)];
    yield [index, keys.NOTHING];
  }
  yield* presentOf({ states, words });
  for (const [block, roots] of rootsByBlock) yield [keys.rootsKey(block), JSON.stringify(roots)];
}

/** The part of it that takes the place of what was there before: states and words. */
export function* presentOf({ states, words }: Present): Generator<[key: string, json: string]> {
  for (const state of states) yield [keys.stateKey(state), keys.stateJson(state)];
  for (const { list, index, word } of words) yield [keys.wordKey(list, index), keys.wordJson(word)];
}
