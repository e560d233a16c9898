export interface LruOptions<V> {
  /** Capacity of the cache, in the unit of `sizeOf`. */
  readonly max: number;
  /** The size of a value; 1 unless it is given, so that `max` is a number of values. */
  readonly sizeOf?: (value: V) => number;
}

interface Generation<K, V> {
  readonly kept: Map<K, { readonly value: V; readonly size: number }>;
  size: number;
}

/**
 * A cache that drops the least recently used values, in two generations. A used value moves to the young generation. When that
 * is half of the capacity, it becomes the old one, and the previous old one is dropped as a whole. So the values used last, up
 * to half of the capacity, are always in the cache. No operation has to find the least recently used value, which in a `Map`
 * means a walk past all deleted entries. A value larger than half of the capacity is not cached.
 */
export class LruCache<K, V> {
  readonly #half: number;
  readonly #sizeOf: (value: V) => number;
  #young: Generation<K, V> = { kept: new Map(), size: 0 };
  #old: Generation<K, V> = { kept: new Map(), size: 0 };

  constructor({ max, sizeOf = () => 1 }: LruOptions<V>) {
    this.#half = max / 2;
    this.#sizeOf = sizeOf;
  }

  get(key: K): V | undefined {
    const young = this.#young.kept.get(key);
    if (young !== undefined) return young.value;
    const old = this.#old.kept.get(key);
    if (old !== undefined) this.#keep(key, old.value, old.size);
    return old?.value;
  }

  set(key: K, value: V): void {
    const size = this.#sizeOf(value);
    if (size > this.#half) this.delete(key);
    else this.#keep(key, value, size);
  }

  delete(key: K): void {
    for (const generation of [this.#young, this.#old]) {
      generation.size -= generation.kept.get(key)?.size ?? 0;
      generation.kept.delete(key);
    }
  }

  clear(): void {
    this.#young = { kept: new Map(), size: 0 };
    this.#old = { kept: new Map(), size: 0 };
  }

  #keep(key: K, value: V, size: number): void {
    this.delete(key);
    if (this.#young.size + size > this.#half) {
      this.#old = this.#young;
      this.#young = { kept: new Map(), size: 0 };
    }
    this.#young.kept.set(key, { value, size });
    this.#young.size += size;
  }
}
