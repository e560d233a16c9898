/** Values that are forgotten after a while, and the oldest first where there are too many: a client can fill it, not exhaust it. */
export class Expiring<T> {
  readonly #values = new Map<string, { readonly value: T; readonly until: number }>();
  readonly #lifeMs: number;
  readonly #most: number;
  readonly #now: () => number;

  /** @param now milliseconds. */
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

  /** Gives a value once: the second caller gets none. */
  take(key: string): T | undefined {
    const value = this.get(key);
    this.#values.delete(key);
    return value;
  }
}
