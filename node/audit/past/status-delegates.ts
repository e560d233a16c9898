import type { Address, Hash } from "../../../resolver/primitives/hex.ts";
import type { RegistryEvent } from "../../../resolver/registry-event.ts";

/** `STATUS_DELEGATE` of the status registry: `status`, padded with zeros. */
const STATUS_DELEGATE: Hash = `0x${Buffer.from("status").toString("hex").padEnd(64, "0")}`;

/**
 * Who may write a DID's statuses besides its owner, from its events: the registry counts every delegate, and so more of them
 * than a DID's state may have room for (`MAX_ENTRY_BYTES`).
 */
export class StatusDelegates {
  /** Last valid second of each in Unix time; 0 when revoked. */
  readonly #validTo = new Map<Address, number>();

  /** @param event of the DID; they come in order. */
  see({ kind, event }: RegistryEvent): void {
    if (kind !== "did" || event.type !== "delegate" || event.delegateType !== STATUS_DELEGATE) return;
    this.#validTo.set(event.delegate, event.validTo);
  }

  /** Those that are valid at a moment in Unix seconds, with their last valid second. */
  at(moment: number): [delegate: Address, validTo: number][] {
    return [...this.#validTo].filter(([, validTo]) => moment <= validTo);
  }
}
