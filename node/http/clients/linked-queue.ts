/** One member's link in one {@link LinkedQueue}, which lasts as long as the member. */
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
 * Members in the order in which they came; they come and go with each request. Not a `Set`: that makes itself a new table after
 * some changes, each table points to the next one, and once V8 has taken one for old, all that follow it stay until the next whole
 * collection of garbage, which they bring about every few seconds.
 */
export class LinkedQueue<T> {
  #first: Link<T> | undefined;
  #last: Link<T> | undefined;

  /** Who is here for longest. */
  get first(): T | undefined {
    return this.#first?.member;
  }

  /** Comes as the last one; who is here already keeps its place. */
  add(link: Link<T>): void {
    if (link.isIn) return;
    link.isIn = true;
    link.before = this.#last;
    if (this.#last === undefined) this.#first = link;
    else this.#last.after = link;
    this.#last = link;
  }

  /** Goes, if it is here. */
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
