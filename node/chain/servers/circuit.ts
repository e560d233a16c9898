import type { Backoff } from "../../runtime/backoff.ts";

/**
 * Circuit breaker of one of several servers. After a failure the circuit is open and the server is not asked for a while,
 * longer after each failure. After that a probe is due, whose answer closes the circuit. An answer alone does not reset the
 * failures, because a server that lags or leaves out logs answers, too.
 */
export class Circuit {
  readonly #backoff: Backoff;
  readonly #now: () => number;
  #until: number | undefined;
  #isAsked = false;

  /** @param now returns milliseconds of a monotonic clock. */
  constructor(backoff: Backoff, now: () => number) {
    this.#backoff = backoff;
    this.#now = now;
  }

  get isClosed(): boolean {
    return this.#until === undefined;
  }

  /** Milliseconds until the server may be asked again; 0 or less when it may be asked now. */
  get wait(): number {
    return this.#until === undefined ? 0 : this.#until - this.#now();
  }

  /** Whether the server requested a pause that is not over. Then it is not asked even when there is no other server. */
  get isHeld(): boolean {
    return this.#isAsked && this.wait > 0;
  }

  /**
   * To be called when the server failed.
   * @param atLeast milliseconds of the pause that the server requested.
   * @returns the milliseconds for which it is not asked from now on; `undefined` when its circuit was already open.
   */
  open(atLeast = 0): number | undefined {
    if (this.wait > 0 && this.wait >= atLeast) return undefined;
    this.#isAsked = atLeast > 0;
    const pause = Math.max(atLeast, this.#backoff.next());
    this.#until = this.#now() + pause;
    return pause;
  }

  /** To be called when the server answered. */
  close(): void {
    this.#until = undefined;
  }

  /** To be called when its answers proved right: resets the failures. */
  forget(): void {
    this.#backoff.reset();
  }
}
