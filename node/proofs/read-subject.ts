import { UnavailableError } from "../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { EnvelopeSubject } from "../../resolver/proofs/envelope.ts";
import type { RegistryEvent, Subject } from "../../resolver/registry-event.ts";
import type { IndexSnapshot } from "../index/live-index.ts";
import { newestStart } from "./list-checkpoint.ts";

/** Maximum number of events of one subject that are read for a proof. */
export const MAX_SUBJECT_EVENTS = 200_000;

/**
 * A subject in the form of an envelope, and all its events up to a block.
 * @param maxBytes maximum length of the events of a DID, about: anybody can write to the DID of their own address. Those of a
 * list are bounded by their number only, because a checkpoint shortens its proof.
 * @throws UnavailableError for more than {@link MAX_SUBJECT_EVENTS} or `maxBytes`; StoreError.
 */
export async function readEnvelopeSubject(
  held: Pick<IndexSnapshot, "history">,
  { kind, id }: Subject,
  {
    network,
    block,
    maxBytes,
  }: { readonly network: NetworkDescriptor; readonly block: number; readonly maxBytes: number },
): Promise<{ readonly subject: EnvelopeSubject; readonly events: readonly RegistryEvent[] }> {
  const events: RegistryEvent[] = [];
  let bytes = 0;
  for await (const some of held.history({ subject: { kind, id }, to: block })) {
    events.push(...some);
    if (kind === "did") bytes += some.reduce((sum, { event }) => sum + event.log.data.length, 0);
    if (bytes > maxBytes)
      throw new UnavailableError(`The ${kind} ${id} has more than ${maxBytes} bytes of events, which are not proven`);
    if (events.length > MAX_SUBJECT_EVENTS)
      throw new UnavailableError(`The ${kind} ${id} has more than ${MAX_SUBJECT_EVENTS} events, which are not proven`);
  }
  const whole: EnvelopeSubject = { kind, id, events: events.map(envelopeEvent) };
  return { subject: kind === "list" ? shorter(whole, events, network.chainId) : whole, events };
}

/** A list from its newest checkpoint on, if the bitmaps are shorter than the earlier events. */
function shorter(whole: EnvelopeSubject, events: readonly RegistryEvent[], chainId: number): EnvelopeSubject {
  const start = newestStart(events, chainId);
  if (start === undefined) return whole;
  const { checkpoint, skipped } = start;
  const before = whole.events.slice(0, skipped).reduce((sum, { data }) => sum + data.length, 0);
  if (before <= checkpoint.revoked.length + checkpoint.suspended.length) return whole;
  return { ...whole, checkpoint, events: whole.events.slice(skipped) };
}

/** An event in the form of an envelope. */
export function envelopeEvent({ event: { block, time, log } }: RegistryEvent): EnvelopeSubject["events"][number] {
  return { block, time, topics: [...log.topics], data: log.data };
}
