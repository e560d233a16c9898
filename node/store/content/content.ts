import type { Folded, Present } from "../../index/fold.ts";
import * as keys from "../keys.ts";

/** JSON to write for each key. */
export type Content = Iterable<[key: string, json: string]>;

/**
 * What some events add to the content of a store, and change in it, one by one: of a range it is a lot. Each key comes once.
 * Equal events give equal bytes, on every node.
 * @param present {@link presentOf} them.
 */
export function* contentOf(
  { events, rootsByBlock }: Pick<Folded, "events" | "rootsByBlock">,
  present: Content,
): Generator<[key: string, json: string]> {
  for (const event of events) {
    const { own, index } = keys.historyKeys(event);
    yield [own, keys.historyJson(event)];
    yield [index, keys.NOTHING];
  }
  yield* present;
  for (const [block, roots] of rootsByBlock) yield [keys.rootsKey(block), JSON.stringify(roots)];
}

/** The part of it that takes the place of what was there before: states and words. */
export function* presentOf({ states, words }: Present): Generator<[key: string, json: string]> {
  for (const state of states) yield [keys.stateKey(state), keys.stateJson(state)];
  for (const { list, index, word } of words) yield [keys.wordKey(list, index), keys.wordJson(word)];
}
