/** A store is full until a value expires. */
export class FullError extends Error {
  override readonly name = "FullError";
  readonly code = "STORE_FULL";
  /** Seconds until the oldest value expires. */
  readonly retryAfter: number;

  constructor(most: number, retryAfter: number) {
    super(`At most ${most} are open at a time: try again in ${retryAfter} s`);
    this.retryAfter = retryAfter;
  }
}

interface ExpiringOptions {
  /** Life of a value, in milliseconds. */
  readonly lifeMs: number;
  /** Most values at a time, so that clients can't exhaust the memory. */
  readonly most: number;
  /** Whether a full store drops its oldest value instead of refusing a new one. */
  readonly dropsOldest?: boolean;
  /** The clock, in milliseconds. */
  readonly now?: () => number;
}

/**
 * Values that expire. A full store refuses new values: if it dropped others, anybody who sends enough requests could end the
 * logins of other people, or make a proof usable a second time.
 */
export class Expiring<T> {
  readonly #values = new Map<string, { readonly value: T; readonly until: number }>();
  readonly #options: Required<ExpiringOptions>;

  constructor({ dropsOldest = false, now = Date.now, ...options }: ExpiringOptions) {
    this.#options = { dropsOldest, now, ...options };
  }

  /** @throws FullError */
  set(key: string, value: T): void {
    const { lifeMs, now } = this.#options;
    this.#values.delete(key);
    this.expectRoom();
    this.#values.set(key, { value, until: now() + lifeMs });
  }

  /** Makes sure that a new value can be stored, before work that only makes sense then. @throws FullError */
  expectRoom(): void {
    const { most, dropsOldest, now } = this.#options;
    // All values live equally long, so the oldest expires first.
    for (const [oldest, { until }] of this.#values) {
      const left = until - now();
      if (left > 0 && this.#values.size < most) return;
      if (left > 0 && !dropsOldest) throw new FullError(most, Math.ceil(left / 1_000));
      this.#values.delete(oldest);
    }
  }

  get(key: string): T | undefined {
    const found = this.#values.get(key);
    return found !== undefined && found.until > this.#options.now() ? found.value : undefined;
  }

  /** Returns and removes a value. */
  take(key: string): T | undefined {
    const value = this.get(key);
    this.#values.delete(key);
    return value;
  }
}
