import type { Address, Hash } from "../../../resolver/primitives/hex.ts";
import type { RegistryEvent } from "../../../resolver/registry-event.ts";

/** What a delegate may change of its issuer's statuses: everything, or only suspend. */
export type StatusPower = "status" | "suspend";

/** `STATUS_DELEGATE` and `SUSPEND_DELEGATE` of the status registry: their words, padded with zeros. */
const POWERS: ReadonlyMap<Hash, StatusPower> = new Map(
  (["status", "suspend"] as const).map((power) => [`0x${Buffer.from(power).toString("hex").padEnd(64, "0")}`, power]),
);

/** A delegate for statuses. */
export interface StatusDelegate {
  readonly delegate: Address;
  readonly power: StatusPower;
  /** Last valid second in Unix time. */
  readonly validTo: number;
}

/**
 * Who may write a DID's statuses besides its owner, from its events: the registry counts every delegate, and so more of them
 * than a DID's state may have room for (`MAX_ENTRY_BYTES`).
 */
export class StatusDelegates {
  /** By type and account, as added last; a `validTo` of 0 is a revocation. */
  readonly #added = new Map<string, StatusDelegate>();

  /** @param event of the DID; they come in order. */
  see({ kind, event }: RegistryEvent): void {
    if (kind !== "did" || event.type !== "delegate") return;
    const { delegate, validTo } = event;
    const power = POWERS.get(event.delegateType);
    if (power !== undefined) this.#added.set(`${power} ${delegate}`, { delegate, power, validTo });
  }

  /** Those that are valid at a moment in Unix seconds. */
  at(moment: number): StatusDelegate[] {
    return [...this.#added.values()].filter(({ validTo }) => moment <= validTo);
  }
}
