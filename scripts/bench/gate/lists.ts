import type { RunningNode } from "../../../node/main.ts";
import type { Hash } from "../../../resolver/index.ts";
import { randomIndexes } from "../lists/indexes.ts";
import type { Sizes } from "../sizes.ts";
import type { BenchIssuer, GateChain } from "./chain.ts";
import { LIST_SIZE } from "./facts.ts";

interface List {
  readonly issuer: BenchIssuer;
  readonly list: Hash;
}

/** Indexes that are revoked in a list from the beginning: one in a hundred. */
function revokedAtFirst(list: number): ReadonlySet<number> {
  return randomIndexes({ size: LIST_SIZE, count: Math.floor(LIST_SIZE / 100), seed: list + 1 });
}

/** Indexes that are revoked within a day, each in one list. */
function revokedInADay({ day }: Sizes["gate"]): ReadonlySet<number> {
  return randomIndexes({ size: LIST_SIZE, count: day.revocations, seed: 99 });
}

/** Indexes below a thousand that are revoked in no list. */
export function goodIndexes(sizes: Sizes["gate"]): number[] {
  const revoked = new Set(revokedInADay(sizes));
  for (let list = 0; list < sizes.lists; list++) for (const index of revokedAtFirst(list)) revoked.add(index);
  return Array.from({ length: 1_000 }, (_, at) => at).filter((index) => !revoked.has(index));
}

/** Creates a list for each issuer, with revocations and then a checkpoint. */
export async function fillLists(
  chain: GateChain,
  { url }: RunningNode,
  issuers: readonly BenchIssuer[],
): Promise<List[]> {
  const lists: List[] = [];
  for (const [at, issuer] of issuers.entries()) {
    const list = await chain.createList(issuer, `${url}/status-lists/${issuer.address}`);
    await chain.revoke(issuer, list, revokedAtFirst(at));
    await chain.checkpoint(issuer, list);
    lists.push({ issuer, list });
  }
  return lists;
}

/** Writes the changes of a day. */
export async function changeOneDay(chain: GateChain, lists: readonly List[], sizes: Sizes["gate"]): Promise<void> {
  for (const [at, index] of [...revokedInADay(sizes)].entries()) {
    const { issuer, list } = lists[at % lists.length] as List;
    await chain.revoke(issuer, list, [index]);
  }
  for (const issuer of chain.issuers.slice(-sizes.day.issuers)) await chain.rotate(issuer);
}
