import type { ProofEnvelope } from "../../resolver/proofs/envelope.ts";
import type { ProvenState } from "../../resolver/proofs/proven-state.ts";
import { verifyEnvelope } from "../../resolver/proofs/verify-envelope.ts";
import type { GateStage } from "./stage.ts";

const KINDS = ["did", "type", "grant", "list"] as const;

/** Everything that an envelope proves, in a comparable form. */
export async function describeEnvelope({ network }: Pick<GateStage, "network">, envelope: unknown, now = 4e9) {
  const { asOf, state } = await verifyEnvelope(network, envelope, { now, maxAge: Number.POSITIVE_INFINITY });
  return { asOf, subjects: describeState(state) };
}

/** The beginning of a list's proof, and so the number of its folded events, is not part of its proven state. */
export function describeState(state: ProvenState) {
  return KINDS.flatMap((kind) => state.ids(kind).map((id) => ({ kind, id })))
    .sort((a, b) => (a.kind + a.id < b.kind + b.id ? -1 : 1))
    .map(({ kind, id }) => {
      const found = state.state(kind, id);
      if (found === undefined) return { kind, id, absent: true };
      if (kind !== "list") return { kind, id, found, events: state.events(kind, id).length };
      const { typeId, size, closed, head } = found as NonNullable<ReturnType<typeof state.state<"list">>>;
      const chunks = [...state.chunks(id)].sort(([a], [b]) => a - b);
      return { kind, id, typeId, size, closed, head, chunks };
    });
}

/** An envelope's block. */
export async function blockOf(stage: Pick<GateStage, "network">, envelope: ProofEnvelope) {
  return (await describeEnvelope(stage, envelope)).asOf.number;
}
