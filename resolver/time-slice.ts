/** Milliseconds of uninterrupted work, after which other tasks run: a page reacts to its user, a node answers its clients. */
const SLICE_MS = 40;

const { setTimeout: later } = globalThis;

/** Lets long work yield to the event loop: `isOver` when a piece took long enough, `next` waits until other tasks ran. */
export class TimeSlice {
  #since = performance.now();

  get isOver(): boolean {
    return performance.now() - this.#since >= SLICE_MS;
  }

  async next(): Promise<void> {
    await new Promise<void>((begin) => void later(begin));
    this.#since = performance.now();
  }
}
