/** Milliseconds of work in one piece, after which others have their turn: a page answers its reader, a node its clients. */
const MOST = 40;

const { setTimeout: later } = globalThis;

/** For long work in pieces: says when it has gone on for long, and waits until others had their turn. */
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
