import type { MapaeDid } from "../../../resolver/did/did.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import type { ProofWanted } from "../../../resolver/proofs/asking/ask-proven.ts";
import { listIdOf } from "../../../resolver/status/apply-status-event.ts";
import { listBytes } from "../../../resolver/status/list-bytes.ts";
import type { StatusList } from "../../../resolver/status/status-list.ts";
import type { Context } from "../../view.ts";
import { type Check, check } from "../check.ts";
import { nameOf } from "../compare-nodes.ts";
import { askEach, notProven, onceEach } from "../proofs.ts";
import { differentPlaces, type ListAtNode } from "./list-at-nodes.ts";
import { type ListHistory, listHistory } from "./list-history.ts";

/** What the seals prove of a list. */
export interface ProvenList {
  readonly checks: readonly Check[];
  /** Of the newest block that a node proved; `undefined` where none did. */
  readonly history: ListHistory | undefined;
}

/** Compares every entry of a list that each node serves with what the seals prove of it. */
export async function proveList(
  { did, number }: { readonly did: MapaeDid; readonly number: bigint },
  lists: readonly ListAtNode[],
  descriptor: NetworkDescriptor,
  context: Context,
): Promise<ProvenList> {
  if (descriptor.consensus.kind === "none") return { checks: [check("plain", "noSeals")], history: undefined };
  const list = listIdOf(did.address, number);
  const wanted: ProofWanted = {
    about: `list ${number} of ${did.did}`,
    path: `/proofs/status-lists/${did.address}/${number}`,
    expect: (state) => void state.state("list", list),
  };
  const found = await askEach(wanted, descriptor, context);
  const checks = found.flatMap((one): Check[] => {
    if (!("state" in one)) return [notProven(one)];
    const block = one.asOf.number;
    const proven = one.state.state("list", list);
    const size = proven?.size ?? 0;
    const chunks: StatusList = {
      bits: 2,
      first: "least",
      size,
      bytes: listBytes("token", one.state.chunks(list), size),
    };
    return lists.map(({ url, facts, verified }): Check => {
      const node = nameOf(url);
      if (proven?.head !== facts.head) return check("late", "proofMoved", { node, block });
      return differentPlaces(verified.list, chunks) === 0
        ? check("good", "provenList", { node, count: size, block })
        : check("bad", "contradictsProof", { node, block });
    });
  });
  const proofs = found.filter((one) => "state" in one).sort((a, b) => b.asOf.number - a.asOf.number);
  return { checks: onceEach(checks), history: proofs[0] && listHistory(proofs[0].state, list) };
}
