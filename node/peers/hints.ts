/** What this node learns only from other nodes. */
export interface Hints {
  /**
   * For each node whose latest comparison found different events, the first block at which it differs. Returned once after
   * each comparison and at most once in a round of comparisons, otherwise empty.
   */
  takeDifferingBlocks(): readonly number[];
  /** Number of a block that most of the other nodes have. */
  reached(): number | undefined;
}
