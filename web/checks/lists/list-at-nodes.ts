import type { MapaeDid } from "../../../resolver/did/did.ts";
import { didDocument } from "../../../resolver/did/did-document.ts";
import { MapaeError } from "../../../resolver/errors.ts";
import { nodesSnapshot } from "../../../resolver/evidence/from-nodes.ts";
import type { ListFacts } from "../../../resolver/evidence/snapshot.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import { latestMoment } from "../../../resolver/resolution/resolve.ts";
import { listIdOf } from "../../../resolver/status/apply-status-event.ts";
import { fetchStatusList } from "../../../resolver/status/fetch-list.ts";
import { listUri } from "../../../resolver/status/list-uri.ts";
import type { VerifiedList } from "../../../resolver/status/signed/check-token.ts";
import { type StatusList, statusAt } from "../../../resolver/status/status-list.ts";
import { StatusListError } from "../../../resolver/status/status-list-error.ts";
import type { Context } from "../../view.ts";
import { type Check, check } from "../check.ts";
import { nameOf } from "../compare-nodes.ts";
import { askOne } from "../did-at-nodes.ts";

/** A whole list from one node, verified here with the same node's answer about its issuer. */
export interface ListAtNode {
  readonly url: string;
  readonly facts: ListFacts;
  readonly verified: VerifiedList;
}

/** A node without a list that verifies. */
export interface NoListAtNode {
  readonly url: string;
  readonly failure: unknown;
  /** The list in the registry, where the node answers it. */
  readonly facts?: ListFacts | null;
}

/** Fetches the whole list from each node, and verifies it. Never throws for a node that fails. */
export async function listAtNodes(
  { did, number }: { readonly did: MapaeDid; readonly number: bigint },
  descriptor: NetworkDescriptor,
  context: Context,
): Promise<readonly (ListAtNode | NoListAtNode)[]> {
  const { asking, now, nodes } = context;
  return Promise.all(
    nodes.map(async (url): Promise<ListAtNode | NoListAtNode> => {
      let facts: ListFacts | null | undefined;
      try {
        const snapshot = await nodesSnapshot(askOne(url, descriptor, context), descriptor, did);
        facts = await snapshot.list(listIdOf(did.address, number));
        const { state } = await snapshot.did(did.address);
        const uri = facts ? listUri(facts) : undefined;
        if (!facts || uri === undefined || state === undefined || state.deactivated !== null) {
          return { url, failure: undefined, facts: facts ?? null };
        }
        const at = latestMoment({ asOf: snapshot.asOf, now });
        const { document } = didDocument({ did: did.did, chainId: descriptor.chainId, state, at });
        const { fetch } = asking;
        const verified = await fetchStatusList({
          uri,
          state: facts,
          document,
          network: descriptor.name,
          now,
          fetch,
          node: url,
        });
        return { url, facts, verified };
      } catch (failure) {
        if (!(failure instanceof MapaeError)) throw failure;
        return { url, failure, ...(facts !== undefined && { facts }) };
      }
    }),
  );
}

/** Checks which nodes serve a list that verifies, and whether their statuses are equal. */
export function checkLists(
  answers: readonly (ListAtNode | NoListAtNode)[],
  date: (seconds: number) => string,
): Check[] {
  const found: Check[] = [];
  const lists: ListAtNode[] = [];
  for (const one of answers) {
    const node = nameOf(one.url);
    if ("verified" in one) {
      lists.push(one);
      const key = `#${one.verified.keyId.split("#").at(-1)?.slice(0, 10)}…`;
      found.push(check("good", "listSigned", { node, key, date: date(one.verified.issuedAt) }));
    } else if (one.failure instanceof StatusListError) {
      found.push(check("bad", "listRefused", { node, why: one.failure.message }));
    } else if (one.failure !== undefined) {
      found.push(check("late", "unreachable", { node, why: (one.failure as Error).message }));
    }
  }
  const [first, ...others] = lists;
  if (first === undefined) return found;
  if (others.length === 0) return [...found, check("late", "oneNode", { node: nameOf(first.url) })];
  const different = others.flatMap((other) => {
    const places = differentPlaces(first.verified.list, other.verified.list);
    // A list is signed again after a status changes, so the older one of two is late.
    const isLate = first.facts.head !== other.facts.head;
    return places === 0
      ? []
      : [check(isLate ? "late" : "bad", "listDiffers", { node: nameOf(other.url), other: nameOf(first.url), places })];
  });
  return [...found, ...(different.length > 0 ? different : [check("good", "listSame", { count: lists.length })])];
}

/** The number of indexes at which two lists have different statuses. */
export function differentPlaces(a: StatusList, b: StatusList): number {
  if (a.size !== b.size) return Math.abs(a.size - b.size);
  const isAlike = a.bits === b.bits && a.first === b.first;
  if (isAlike && a.bytes.every((byte, at) => byte === b.bytes[at])) return 0;
  let places = 0;
  for (let index = 0; index < a.size; index++) if (statusAt(a, index) !== statusAt(b, index)) places += 1;
  return places;
}
