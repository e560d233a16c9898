import { UnavailableError } from "../../../resolver/errors.ts";
import type { Client } from "../clients/clients.ts";
import type { Refusal } from "../clients/refusals.ts";
import { STREAM_LIMITS } from "../server/bounds.ts";
import { TooManyRequestsError } from "../server/turns.ts";

/** Limits the number of open streams, in total and per client. */
export class StreamPlaces {
  readonly #onRefused: (reason: Refusal) => void;
  readonly #ofClient = new Map<Client, number>();
  #open = 0;

  /** @param onRefused called for each stream that is refused. */
  constructor(onRefused: (reason: Refusal) => void) {
    this.#onRefused = onRefused;
  }

  /**
   * Takes a place immediately, so that streams that are still being opened count, too.
   *
   * @param client `undefined` for a client that can't be identified, which has no share of its own.
   * @returns a function that gives the place back, to be called once.
   * @throws TooManyRequestsError above the client's share; UnavailableError when all places are taken.
   */
  take(client: Client | undefined): () => void {
    const { atOnce, atOnceOfClient } = STREAM_LIMITS;
    const own = client === undefined ? 0 : (this.#ofClient.get(client) ?? 0);
    if (own >= atOnceOfClient) {
      this.#onRefused("share");
      throw new TooManyRequestsError(`${own} streams of this client are open, at most as many may be: close one`);
    }
    if (this.#open >= atOnce) {
      this.#onRefused("requests");
      throw new UnavailableError(`This node can't answer now: ${atOnce} streams are open, at most as many may be`);
    }
    this.#change(client, 1);
    return () => this.#change(client, -1);
  }

  #change(client: Client | undefined, by: 1 | -1): void {
    this.#open += by;
    if (client === undefined) return;
    const now = (this.#ofClient.get(client) ?? 0) + by;
    if (now === 0) this.#ofClient.delete(client);
    else this.#ofClient.set(client, now);
  }
}
