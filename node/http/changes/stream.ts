import type { IncomingMessage, ServerResponse } from "node:http";
import type { Subject } from "../../../resolver/registry-event.ts";
import type { IndexSnapshot, LiveIndex, Place } from "../../index/live-index.ts";
import { COMMON_HEADERS } from "../answer.ts";
import type { Client } from "../clients/clients.ts";
import type { Refusal } from "../clients/refusals.ts";
import { isFault } from "../problem.ts";
import { cursorOf, feedChange, isAbout, MAX_LOOKED_THROUGH, readFeed, settledBlock } from "./feed.ts";
import { StreamPlaces } from "./stream-places.ts";

/** Unread bytes of one client above which its stream ends. The client can resume after its last event. */
const MAX_UNREAD_BYTES = 262_144;

/** Milliseconds between two checks for new final blocks. */
const LOOK_EVERY = 1_000;

/** Number of checks between two comments, which keep proxies from closing an idle stream. */
const LOOKS_A_BEAT = 15;

/** The event in place of changes that were not sent. */
const GAP = "event: gap\ndata: {}\n\n";

interface Stream {
  readonly response: ServerResponse;
  readonly subject: Subject | undefined;
  /** The newest block whose changes were sent. Each stream has its own, because the reading of missed changes takes time. */
  sent: number;
}

/** The request of a stream. */
export interface StreamQuestion {
  /** The client; `undefined` for one that can't be identified. */
  readonly client: Client | undefined;
  /** Only changes of this subject. */
  readonly subject: Subject | undefined;
  /** Also earlier changes after this place. */
  readonly after: Place | undefined;
}

export interface ChangeStreamsOptions {
  readonly index: LiveIndex;
  /** Name of the network. */
  readonly network: string;
  /** Called with errors of reading blocks. */
  readonly onFault: (error: unknown) => void;
  /** Called for each stream that is refused. */
  readonly onRefused: (reason: Refusal) => void;
}

/**
 * Server-sent events (HTML, section 9.2): each change once its block is final, with its place as the event's id. One check
 * per second feeds all streams. A client that reconnects with `Last-Event-ID` gets the changes that it missed. When there
 * are too many to read, or they can't be read, it gets an event `gap` instead, and reads the changes from `/changes`.
 */
export class ChangeStreams {
  readonly #options: ChangeStreamsOptions;
  readonly #places: StreamPlaces;
  readonly #streams = new Set<Stream>();
  #timer: NodeJS.Timeout | undefined;
  #looks = 0;
  #isLooking = false;

  constructor(options: ChangeStreamsOptions) {
    this.#options = options;
    this.#places = new StreamPlaces(options.onRefused);
  }

  /**
   * Answers with a stream of events. It ends when the client disconnects, when the client reads too slowly, and when the node stops.
   * @throws TooManyRequestsError, UnavailableError; see {@link StreamPlaces.take}.
   */
  async open(
    request: IncomingMessage,
    response: ServerResponse,
    { client, subject, after }: StreamQuestion,
  ): Promise<void> {
    const isHead = request.method === "HEAD";
    if (!isHead) response.once("close", this.#places.take(client));
    response.writeHead(200, {
      ...COMMON_HEADERS,
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
    });
    if (isHead) return void response.end();
    response.write(": changes\n\n");
    const stream: Stream = { response, subject, sent: -1 };
    response.once("close", () => this.#forget(stream));
    // The listener keeps half-closed connections open until their answers end. A stream does not end by itself, so it is
    // ended here to free its place.
    request.socket.once("end", () => response.end());
    await readFeed(this.#options.index, async (held) => {
      stream.sent = settledBlock(held);
      if (after !== undefined) await this.#send(held, [stream], { after, to: stream.sent });
    });
    if (response.destroyed) return;
    this.#streams.add(stream);
    this.#timer ??= setInterval(() => void this.#look(), LOOK_EVERY).unref();
  }

  /** Ends all streams. */
  close(): void {
    for (const stream of this.#streams) {
      this.#forget(stream);
      stream.response.end();
    }
  }

  #forget(stream: Stream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const isBeat = ++this.#looks % LOOKS_A_BEAT === 0;
      if (isBeat) for (const stream of this.#streams) this.#write(stream, ": \n\n");
      await readFeed(this.#options.index, async (held) => {
        const to = settledBlock(held);
        const behind = [...this.#streams].filter(({ sent }) => sent < to);
        // Nearly always all streams have the same place.
        for (const place of new Set(behind.map(({ sent }) => sent))) {
          const streams = behind.filter(({ sent }) => sent === place);
          await this.#advance(held, streams, { from: place + 1, to });
        }
      });
    } catch (error) {
      // While no block is served, the streams wait.
      if (isFault(error)) this.#options.onFault(error);
    } finally {
      this.#isLooking = false;
    }
  }

  /** Sends the changes of some blocks; when they can't be read, a `gap`. */
  async #advance(held: IndexSnapshot, streams: readonly Stream[], range: { from: number; to: number }): Promise<void> {
    for (const stream of streams) stream.sent = range.to;
    try {
      await this.#send(held, streams, range);
    } catch (error) {
      for (const stream of streams) this.#write(stream, GAP);
      throw error;
    }
  }

  async #send(
    held: IndexSnapshot,
    streams: readonly Stream[],
    range: { after?: Place; from?: number; to: number },
  ): Promise<void> {
    let looked = 0;
    for await (const events of held.history(range)) {
      for (const event of events) {
        if (++looked > MAX_LOOKED_THROUGH) {
          for (const stream of streams) this.#write(stream, GAP);
          return;
        }
        const wanted = streams.filter(({ subject }) => isAbout(held, event, subject));
        if (wanted.length === 0) continue;
        const text = `id: ${cursorOf(event)}\ndata: ${JSON.stringify(feedChange(held, event, this.#options.network))}\n\n`;
        for (const stream of wanted) this.#write(stream, text);
      }
    }
  }

  #write(stream: Stream, text: string): void {
    stream.response.write(text);
    if (stream.response.writableLength > MAX_UNREAD_BYTES) stream.response.destroy();
  }
}
