/** Milliseconds of uninterrupted work, after which other tasks run: a page reacts to its user, a node answers its clients. */
const MOST = 40;

const { setTimeout: later } = globalThis;

/** Lets long work yield to the event loop: tells when a piece took long enough, and waits until other tasks ran. */
export class Turn {
  #since = performance.now();

  get isOver(): boolean {
    return performance.now() - this.#since >= MOST;
  }

  async next(): Promise<void> {
    await new Promise<void>((begin) => void later(begin));
    this.#since = performance.now();
  }
}
