import { ServerResponse } from "node:http";

/** Who follows the answers of a listener. */
export interface AnswerEvents {
  /** The whole answer was handed to its socket. */
  handedOver(response: ServerResponse): void;
  /** The operating system has it. */
  finished(response: ServerResponse): void;
}

/**
 * The class of a server's responses, whose end is seen without listeners: node:http has one of its own for each, and makes lists
 * of what would be one function.
 */
export function followedBy(events: AnswerEvents): typeof ServerResponse {
  return class extends ServerResponse {
    override emit(event: string, ...values: unknown[]): boolean {
      const isHeard = super.emit(event, ...values);
      if (event === "prefinish") events.handedOver(this);
      else if (event === "finish") events.finished(this);
      return isHeard;
    }
  } as typeof ServerResponse;
}
