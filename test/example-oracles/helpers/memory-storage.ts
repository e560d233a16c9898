/** A record as credo-ts' modules keep it. */
export interface StoredRecord {
  readonly id: string;
  readonly type: string;
  getTags(): Readonly<Record<string, unknown>>;
  clone(): StoredRecord;
}

type RecordClass = { readonly type: string };
type NotFound = new (message: string, options: { recordType: string }) => Error;

/** What credo-ts keeps, in memory: of this version it has storage for databases alone. Simple queries are understood, by tags that are equal. */
export class MemoryStorage {
  readonly supportsCursorPagination = false;
  readonly #records = new Map<string, StoredRecord>();
  readonly #notFound: NotFound;

  /** @param notFound error of credo-ts, by which it knows that a record is not there. */
  constructor(notFound: NotFound) {
    this.#notFound = notFound;
  }

  async save(_context: unknown, record: StoredRecord): Promise<void> {
    this.#records.set(keyOf(record, record.id), record.clone());
  }

  async update(context: unknown, record: StoredRecord): Promise<void> {
    await this.getById(context, record, record.id);
    await this.save(context, record);
  }

  async delete(context: unknown, record: StoredRecord): Promise<void> {
    await this.deleteById(context, record, record.id);
  }

  async deleteById(_context: unknown, type: RecordClass, id: string): Promise<void> {
    if (!this.#records.delete(keyOf(type, id))) throw this.#missing(type, id);
  }

  async getById(_context: unknown, type: RecordClass, id: string): Promise<StoredRecord> {
    const found = this.#records.get(keyOf(type, id));
    if (found === undefined) throw this.#missing(type, id);
    return found.clone();
  }

  async getAll(_context: unknown, { type }: RecordClass): Promise<StoredRecord[]> {
    return [...this.#records].filter(([key]) => key.startsWith(`${type} `)).map(([, record]) => record.clone());
  }

  async findByQuery(context: unknown, type: RecordClass, query: Readonly<Record<string, unknown>>) {
    const all = await this.getAll(context, type);
    return all.filter((record) => matches(record.getTags(), query));
  }

  #missing({ type }: RecordClass, id: string): Error {
    return new this.#notFound(`There is no ${type} ${id}`, { recordType: type });
  }
}

function keyOf({ type }: RecordClass, id: string): string {
  return `${type} ${id}`;
}

function matches(tags: Readonly<Record<string, unknown>>, query: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(query).every(([name, wanted]) => {
    if (name === "$or") return (wanted as (typeof query)[]).some((one) => matches(tags, one));
    if (name === "$and") return (wanted as (typeof query)[]).every((one) => matches(tags, one));
    if (wanted === undefined) return true;
    const value = tags[name];
    return Array.isArray(wanted)
      ? Array.isArray(value) && wanted.every((one) => value.includes(one))
      : value === wanted;
  });
}
