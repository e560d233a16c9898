/** The parts of a request by which a cached answer is found. */
export interface Question {
  /** The request target after the route's path. */
  readonly target: string;
  readonly accept: string | undefined;
}

/** Cache key of a question. It is unique, because neither a target nor a header contains a line feed. */
export function questionKey({ target, accept }: Question): string {
  return accept === undefined ? target : `${target}\n${accept}`;
}
