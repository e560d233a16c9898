export interface LruOptions<V> {
  /** Most that is kept, in the unit of `sizeOf`. */
  readonly max: number;
  /** The size of a value; 1 unless it is given, so that `max` is a number of values. */
  readonly sizeOf?: (value: V) => number;
}

interface Generation<K, V> {
  readonly kept: Map<K, { readonly value: V; readonly size: number }>;
  size: number;
}

/**
 * A cache that drops what was not used for longest, by halves: what is used is in the young generation, which becomes the old one
 * when it is half of the cache, and what is in that one then is dropped at once. So what was used last, up to half of the cache, is
 * always here, and neither a read nor a write has to find the value that was used longest ago: in a `Map` that is a walk past all
 * that was deleted before it. A value larger than half of the cache is not kept.
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
