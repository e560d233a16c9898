export interface LruOptions<V> {
  /** Most that is kept, in the unit of `sizeOf`. */
  readonly max: number;
  /** The size of a value; 1 unless it is given, so that `max` is a number of values. */
  readonly sizeOf?: (value: V) => number;
}

/**
 * A cache that drops what was used longest ago when it is full. A value larger than the whole cache is not kept.
 * A `Map` iterates in the order of insertion: each use moves a key to its end.
 */
export class LruCache<K, V> {
  readonly #max: number;
  readonly #sizeOf: (value: V) => number;
  readonly #kept = new Map<K, { readonly value: V; readonly size: number }>();
  #size = 0;

  constructor({ max, sizeOf = () => 1 }: LruOptions<V>) {
    this.#max = max;
    this.#sizeOf = sizeOf;
  }

  get(key: K): V | undefined {
    const found = this.#kept.get(key);
    if (found === undefined) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, found);
    return found.value;
  }

  set(key: K, value: V): void {
    this.delete(key);
    const size = this.#sizeOf(value);
    if (size > this.#max) return;
    this.#kept.set(key, { value, size });
    this.#size += size;
    for (const oldest of this.#kept.keys()) {
      if (this.#size <= this.#max) return;
      this.delete(oldest);
    }
  }

  delete(key: K): void {
    const found = this.#kept.get(key);
    if (found === undefined) return;
    this.#size -= found.size;
    this.#kept.delete(key);
  }
}
