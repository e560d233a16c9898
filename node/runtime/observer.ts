import type { AttestationOutcome } from "../attestations/attestations.ts";
import type { Failure } from "../chain/servers/failure.ts";
import type { Refusal } from "../http/clients/refusals.ts";

/** The listeners of a node. */
export const LISTENERS = ["public", "audit", "metrics"] as const;
export type ListenerName = (typeof LISTENERS)[number];

/** How an index healed: its newest blocks were undone and read again, all of it was read again, or it was opened again after a fault of the disk. */
export const HEALINGS = ["undone", "replaced", "reopened"] as const;
export type Healing = (typeof HEALINGS)[number];

/** Metrics callbacks. Their arguments are numbers and enum values only, never DIDs, clients or URLs. */
export interface NodeObserver {
  /** One atomic batch went to disk; with `sync` it was waited for. */
  wroteBatch(batch: { readonly seconds: number; readonly sync: boolean }): void;
  /** The chain left our branch, and `depth` of our blocks with it. */
  reorganised(depth: number): void;
  /** The index was wrong or could not be written, and is mended. */
  healed(how: Healing): void;
  /** A server of the chain did not answer, or not as it should. */
  rpcFailed(failure: Pick<Failure, "url" | "kind">): void;
  /** The public listener gave an answer. */
  answered(status: number): void;
  /** A status list was signed, or could not be. */
  signedList(succeeded: boolean): void;
  /** What became of an attestation of a block. */
  attested(outcome: AttestationOutcome): void;
  /** A listener closed a connection or refused a request for the sake of others. */
  refused(listener: ListenerName, reason: Refusal): void;
  /** The audit listener gave an answer. */
  audited(status: number): void;
}
