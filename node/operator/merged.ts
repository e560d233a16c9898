/** A key, and the digits of its value. */
export type Entry = readonly [key: string, digits: string];

/** Entries in key order, with a look at the next one before it is consumed. */
export class Ahead {
  readonly #entries: AsyncIterator<Entry>;
  #next: IteratorResult<Entry> | undefined;

  constructor(entries: AsyncIterable<Entry>) {
    this.#entries = entries[Symbol.asyncIterator]();
  }

  async peek(): Promise<Entry | undefined> {
    this.#next ??= await this.#entries.next();
    return this.#next.done === true ? undefined : this.#next.value;
  }

  /** Consumes the next entry if its key is wanted; otherwise it stays the next. */
  async next(isWanted: (key: string) => boolean = () => true): Promise<Entry | undefined> {
    const entry = await this.peek();
    if (entry === undefined || !isWanted(entry[0])) return undefined;
    this.#next = undefined;
    return entry;
  }
}

/** The values of two ordered sequences at a key that at least one of them has. */
export interface Pair {
  readonly key: string;
  readonly left: string | undefined;
  readonly right: string | undefined;
}

export async function* merged(left: Ahead, right: Ahead): AsyncGenerator<Pair, void, void> {
  for (;;) {
    const [a, b] = [await left.peek(), await right.peek()];
    const key = a === undefined || (b !== undefined && b[0] < a[0]) ? b?.[0] : a[0];
    if (key === undefined) return;
    const isThis = (other: string) => other === key;
    yield { key, left: (await left.next(isThis))?.[1], right: (await right.next(isThis))?.[1] };
  }
}
