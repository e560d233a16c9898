/** Values that expire. When there are too many, the oldest is dropped, so that clients can't exhaust the memory. */
export class Expiring<T> {
  readonly #values = new Map<string, { readonly value: T; readonly until: number }>();
  readonly #lifeMs: number;
  readonly #most: number;
  readonly #now: () => number;

  /** @param now the clock, in milliseconds. */
  constructor({ lifeMs, most = 100_000, now = Date.now }: { lifeMs: number; most?: number; now?: () => number }) {
    this.#lifeMs = lifeMs;
    this.#most = most;
    this.#now = now;
  }

  set(key: string, value: T): void {
    this.#values.delete(key);
    this.#values.set(key, { value, until: this.#now() + this.#lifeMs });
    for (const [oldest, { until }] of this.#values) {
      if (until > this.#now() && this.#values.size <= this.#most) break;
      this.#values.delete(oldest);
    }
  }

  get(key: string): T | undefined {
    const found = this.#values.get(key);
    return found !== undefined && found.until > this.#now() ? found.value : undefined;
  }

  /** Returns and removes a value. */
  take(key: string): T | undefined {
    const value = this.get(key);
    this.#values.delete(key);
    return value;
  }
}
