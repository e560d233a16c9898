import type { RegistryEvent, Subject } from "../../resolver/registry-event.ts";
import type { IndexSnapshot } from "../index/live-index.ts";

/** All events of a subject in a snapshot of the index up to a block, oldest first. The library's snapshot folds them. */
export async function heldEvents(held: IndexSnapshot, subject: Subject, to: number): Promise<RegistryEvent[]> {
  const events: RegistryEvent[] = [];
  for await (const page of held.history({ subject, to })) events.push(...page);
  return events;
}
