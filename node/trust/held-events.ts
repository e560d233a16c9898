import type { RegistryEvent, Subject } from "../../resolver/registry-event.ts";
import type { IndexSnapshot } from "../index/live-index.ts";

/** All events of a subject in a held index up to a block, oldest first: what a snapshot of the library is folded from. */
export async function heldEvents(held: IndexSnapshot, subject: Subject, to: number): Promise<RegistryEvent[]> {
  const events: RegistryEvent[] = [];
  for await (const page of held.history({ subject, to })) events.push(...page);
  return events;
}
