import type { MapaeDid } from "../../../resolver/did/did.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import type { ProofRequest } from "../../../resolver/proofs/asking/ask-proven.ts";
import { listIdOf } from "../../../resolver/status/apply-status-event.ts";
import { listBytes } from "../../../resolver/status/list-bytes.ts";
import type { StatusList } from "../../../resolver/status/status-list.ts";
import { TimeSlice } from "../../../resolver/time-slice.ts";
import type { Context } from "../../view.ts";
import { type Check, check } from "../check.ts";
import { nameOf } from "../compare-nodes.ts";
import { askEach, notProven, onceEach } from "../proofs.ts";
import { differentPlaces, type ListAtNode } from "./list-at-nodes.ts";
import { type ListHistory, listHistory } from "./list-history.ts";

/** The proof of a list. */
export interface ProvenList {
  readonly checks: readonly Check[];
  /** The history from the proof with the newest block; `undefined` where no node gave a proof. */
  readonly history: ListHistory | undefined;
}

/** Compares every status of the list that each node serves with the proven one. */
export async function proveList(
  { did, number }: { readonly did: MapaeDid; readonly number: bigint },
  lists: readonly ListAtNode[],
  descriptor: NetworkDescriptor,
  context: Context,
): Promise<ProvenList> {
  if (descriptor.consensus.kind === "none") return { checks: [check("plain", "noSeals")], history: undefined };
  const list = listIdOf(did.address, number);
  const wanted: ProofRequest = {
    about: `list ${number} of ${did.did}`,
    path: `/proofs/status-lists/${did.address}/${number}`,
    expect: (state) => void state.state("list", list),
  };
  const found = await askEach(wanted, descriptor, context);
  const slice = new TimeSlice();
  const checks: Check[] = [];
  for (const one of found) {
    if (!("state" in one)) {
      checks.push(notProven(one));
      continue;
    }
    await slice.next();
    const block = one.asOf.number;
    const proven = one.state.state("list", list);
    const size = proven?.size ?? 0;
    const chunks: StatusList = {
      bits: 2,
      first: "least",
      size,
      bytes: listBytes("token", one.state.chunks(list), size),
    };
    for (const { url, facts, verified } of lists) {
      const node = nameOf(url);
      const isSame = () => differentPlaces(verified.list, chunks) === 0;
      if (proven?.head !== facts.head) checks.push(check("late", "proofMoved", { node, block }));
      else if (isSame()) checks.push(check("good", "provenList", { node, count: size, block }));
      else checks.push(check("bad", "contradictsProof", { node, block }));
    }
  }
  await slice.next();
  const proofs = found.filter((one) => "state" in one).sort((a, b) => b.asOf.number - a.asOf.number);
  return { checks: onceEach(checks), history: proofs[0] && (await listHistory(proofs[0].state, list)) };
}
