/** A question as it was sent, by which a ready answer to it is found. */
export interface Question {
  /** The request target behind the route's path. */
  readonly target: string;
  readonly accept: string | undefined;
}

/** The same for the same question. No header has a line feed. */
export function questionKey({ target, accept = "" }: Question): string {
  return `${target}\n${accept}`;
}
