import type { Hash } from "../../resolver/primitives/hex.ts";

/**
 * Why a list needs the operator's attention: its issuer's document lists no key that this node signs with, its signer failed,
 * or it is past half of its validity.
 */
export type Alarm = "unlisted" | "unsigned" | "old";

/** The alarms of status lists. Each is reported once until it ends. */
export class ListAlarms {
  readonly #report: (error: Error) => void;
  readonly #alarms = new Map<Hash, Set<Alarm>>();

  /** @param report called with the reason when an alarm begins. */
  constructor(report: (error: Error) => void) {
    this.#report = report;
  }

  /** Number of lists with an alarm. */
  get size(): number {
    return this.#alarms.size;
  }

  raise(list: Hash, alarm: Alarm, error: Error): void {
    const alarms = this.#alarms.get(list) ?? new Set();
    if (alarms.has(alarm)) return;
    this.#alarms.set(list, alarms.add(alarm));
    this.#report(error);
  }

  /** Ends all alarms of a list. */
  endAll(list: Hash): void {
    this.#alarms.delete(list);
  }

  /** Ends an alarm of all lists but some. */
  endExcept(lists: ReadonlySet<Hash>, alarm: Alarm): void {
    for (const [list, alarms] of this.#alarms) {
      if (!lists.has(list)) alarms.delete(alarm);
      if (alarms.size === 0) this.#alarms.delete(list);
    }
  }
}
