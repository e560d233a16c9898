import type { Folded } from "../fold.ts";
import * as keys from "./keys.ts";
import type { JsonByKey } from "./undo.ts";

/** What some events add to the content of a store, and change in it. Equal events give equal bytes, on every node. */
export function contentOf({ events, states, words, rootsByBlock }: Folded): JsonByKey {
  const writes: JsonByKey = new Map();
  for (const event of events) {
    const { own, index } = keys.historyKeys(event);
    writes.set(own, keys.historyJson(event));
    writes.set(index, keys.NOTHING);
  }
  for (const state of states) writes.set(keys.stateKey(state), keys.stateJson(state));
  for (const { list, index, word } of words) writes.set(keys.wordKey(list, index), keys.wordJson(word));
  for (const [block, roots] of rootsByBlock) writes.set(keys.rootsKey(block), JSON.stringify(roots));
  return writes;
}
