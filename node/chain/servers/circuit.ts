import type { Backoff } from "../../runtime/backoff.ts";

/**
 * Whether one of several servers is to be asked (the circuit breaker pattern). One that failed is left alone for a while,
 * longer after each failure: its circuit is open. When that is over a probe is due, whose answer closes it. An answer
 * alone does not make it forget its failures: a server that lags, or leaves out logs, answers too.
 */
export class Circuit {
  readonly #backoff: Backoff;
  readonly #now: () => number;
  #until: number | undefined;
  #isAsked = false;

  /** @param now milliseconds of a clock that never goes back. */
  constructor(backoff: Backoff, now: () => number) {
    this.#backoff = backoff;
    this.#now = now;
  }

  get isClosed(): boolean {
    return this.#until === undefined;
  }

  /** Milliseconds until the server is to be asked again; 0 and less when it may be asked. */
  get wait(): number {
    return this.#until === undefined ? 0 : this.#until - this.#now();
  }

  /** Whether the server asked to be left alone, and its time is not over: it is not asked even when there is no other. */
  get isHeld(): boolean {
    return this.#isAsked && this.wait > 0;
  }

  /**
   * The server failed.
   * @param atLeast milliseconds for which it asked to be left alone.
   * @returns the milliseconds for which it is left alone from now on; `undefined` when it is already.
   */
  open(atLeast = 0): number | undefined {
    if (this.wait > 0 && this.wait >= atLeast) return undefined;
    this.#isAsked = atLeast > 0;
    const pause = Math.max(atLeast, this.#backoff.next());
    this.#until = this.#now() + pause;
    return pause;
  }

  /** The server answered. */
  close(): void {
    this.#until = undefined;
  }

  /** What it answered held. */
  forget(): void {
    this.#backoff.reset();
  }
}
