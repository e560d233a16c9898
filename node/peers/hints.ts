/** What other nodes tell, and this one can't see by itself. */
export interface Hints {
  /** The first block at which each of those that hold something else does, said once after each look. */
  partedAt(): readonly number[];
  /** Number of a block that most of them have. */
  reached(): number | undefined;
}
