import type { AttestationOutcome } from "../attestations/attestations.ts";
import type { Failure } from "../chain/servers/failure.ts";
import type { Refusal } from "../http/clients/refusals.ts";

/** The listeners of a node. */
export const LISTENERS = ["public", "audit", "metrics"] as const;
export type ListenerName = (typeof LISTENERS)[number];

/**
 * How an index was repaired: its newest blocks were undone and read again, everything was read again, or it was reopened
 * after a fault of the disk.
 */
export const HEALINGS = ["undone", "replaced", "reopened"] as const;
export type Healing = (typeof HEALINGS)[number];

/** Metrics callbacks. Their arguments are numbers and enum values only, never DIDs, clients or URLs. */
export interface NodeObserver {
  /** One atomic batch was written; with `sync` the node waited until it was on disk. */
  wroteBatch(batch: { readonly seconds: number; readonly sync: boolean }): void;
  /** The chain was reorganised, and `depth` blocks of the index were undone. */
  reorganised(depth: number): void;
  /** The index was wrong or could not be written, and was repaired. */
  healed(how: Healing): void;
  /** A server of the chain did not answer, or gave an invalid answer. */
  rpcFailed(failure: Pick<Failure, "url" | "kind">): void;
  /** The public listener answered. */
  answered(status: number): void;
  /** A status list was signed, or signing it failed. */
  signedList(succeeded: boolean): void;
  /** Outcome of attesting a block. */
  attested(outcome: AttestationOutcome): void;
  /** A listener closed a connection or refused a request to protect other clients. */
  refused(listener: ListenerName, reason: Refusal): void;
  /** The audit listener answered. */
  audited(status: number): void;
}
