import type { IncomingMessage, ServerResponse } from "node:http";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import type { AsOf } from "../../../resolver/resolution/resolve.ts";
import type { LiveIndex } from "../../index/live-index.ts";
import { type Answer, json, send, tagOf } from "../answer.ts";
import { notModified, REVALIDATED, shownBlock } from "../caching.ts";
import type { Client } from "../clients/clients.ts";
import type { Refusal } from "../clients/refusals.ts";
import { chooseType } from "../negotiation/media-type.ts";
import { errorAnswer } from "../problem.ts";
import { splitTarget } from "../server/split-target.ts";
import type { Turns } from "../server/turns.ts";
import { atomFeed } from "./atom.ts";
import { feedPage, placeOf, readFeed } from "./feed.ts";
import { readQuestion } from "./question.ts";
import { ChangeStreams } from "./stream.ts";

export interface ChangesOptions {
  readonly index: LiveIndex;
  readonly network: NetworkDescriptor;
  /** Throws an `UnavailableError` while the node can't answer. */
  readonly expectFit: () => void;
  /** Limits how many requests read the history at the same time. */
  readonly turns: Turns;
  /** Called with each fault of the node; see `isFault`. */
  readonly onFault: (error: unknown) => void;
  /** Called for each stream that is refused. */
  readonly onRefused: (reason: Refusal) => void;
}

export interface ChangesRequest {
  /** The query with its question mark; empty when there is none. */
  readonly search: string;
  readonly ifNoneMatch: string | undefined;
  /** The client; `undefined` when it can't be identified. */
  readonly client: Client | undefined;
}

/** The public changes of final blocks as JSON, as an Atom feed and as a stream. A request reveals no credential. */
export interface Changes {
  /** Throws ResolutionError, TooManyRequestsError, UnavailableError and StoreError. */
  readonly json: (request: ChangesRequest) => Promise<Answer>;
  /** Throws the same. */
  readonly atom: (request: ChangesRequest) => Promise<Answer>;
  /** Whether a request wants server-sent events and not JSON. */
  readonly isStream: (accept: string | undefined) => boolean;
  /** Answers a request with server-sent events. */
  readonly stream: (request: IncomingMessage, response: ServerResponse, client: Client | undefined) => Promise<void>;
  /** Ends all streams. */
  readonly close: () => void;
}

export function changesRoutes({ index, network, expectFit, turns, onFault, onRefused }: ChangesOptions): Changes {
  const { name } = network;
  const streams = new ChangeStreams({ index, network: name, onFault, onRefused });
  const read = async ({ search, client }: ChangesRequest) => {
    const question = readQuestion(new URLSearchParams(search), name);
    expectFit();
    return turns.take(client, () =>
      readFeed(index, async (held) => ({ asOf: held.asOf, ...(await feedPage(held, name, question)) })),
    );
  };
  return {
    isStream: (accept) =>
      accept !== undefined && chooseType(accept, ["application/json", "text/event-stream"]) === "text/event-stream",
    async stream(request, response, client) {
      try {
        const { search } = splitTarget(request.url ?? "");
        const { subject } = readQuestion(new URLSearchParams(search), name);
        const id = request.headers["last-event-id"];
        const after = typeof id === "string" && id !== "" ? placeOf(id, "Last-Event-ID") : undefined;
        expectFit();
        await streams.open(request, response, { client, subject, after });
      } catch (error) {
        const answer = errorAnswer(error, onFault);
        if (response.headersSent) response.destroy();
        else send(request, response, answer);
      }
    },
    close: () => streams.close(),
    async json(request) {
      const { asOf, changes, next } = await read(request);
      const headers = headersOf({ changes, next }, asOf);
      return notModified(request.ifNoneMatch, headers) ?? json({ changes, next }, { headers });
    },
    async atom(request) {
      const { search, ifNoneMatch } = request;
      const { asOf, changes } = await read(request);
      const headers = headersOf({ changes }, asOf);
      const query = new URLSearchParams(search);
      const kind = query.get("kind") ?? "";
      const watched = { view: kind === "" ? "overview" : "watch", kind, id: query.get("subject") ?? "" };
      const page = `/?${new URLSearchParams(watched)}`;
      const body = atomFeed({ network: name, self: `/changes.atom${search}`, page, changes });
      const type = { "content-type": "application/atom+xml; charset=utf-8" };
      return notModified(ifNoneMatch, headers) ?? { status: 200, headers: { ...headers, ...type }, body };
    },
  };
}

function headersOf(content: object, asOf: AsOf) {
  return {
    etag: `W/"${tagOf(JSON.stringify(content))}"`,
    "cache-control": REVALIDATED,
    "mapae-as-of": shownBlock(asOf),
  };
}
