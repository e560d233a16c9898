/** The link of a member in one {@link LinkedQueue}. It exists as long as the member. */
export class Link<T> {
  readonly member: T;
  isIn = false;
  before: Link<T> | undefined;
  after: Link<T> | undefined;

  constructor(member: T) {
    this.member = member;
  }
}

/**
 * Members in the order in which they were added. Each request adds and removes members, which would be expensive with a
 * `Set`: it replaces its table after some changes, and each table points to the next one. Once V8 has moved one to the old
 * generation, all later ones stay until the next full garbage collection, and cause one every few seconds.
 */
export class LinkedQueue<T> {
  #first: Link<T> | undefined;
  #last: Link<T> | undefined;

  /** The member that was added first. */
  get first(): T | undefined {
    return this.#first?.member;
  }

  /** Adds a member at the end; a present member keeps its place. */
  add(link: Link<T>): void {
    if (link.isIn) return;
    link.isIn = true;
    link.before = this.#last;
    if (this.#last === undefined) this.#first = link;
    else this.#last.after = link;
    this.#last = link;
  }

  /** Removes a member, if it is present. */
  delete(link: Link<T>): void {
    if (!link.isIn) return;
    const { before, after } = link;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    link.isIn = false;
    link.before = undefined;
    link.after = undefined;
  }
}
