import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import { dateTime } from "../../../resolver/resolution/resolve.ts";
import type { LiveIndex } from "../../index/live-index.ts";
import { type Answer, json, send } from "../answer.ts";
import type { Client } from "../clients/clients.ts";
import type { Refusal } from "../clients/refusals.ts";
import { matchesTag } from "../negotiation/entity-tags.ts";
import { chooseType } from "../negotiation/media-type.ts";
import { isFault, problemAnswer, problemOf } from "../problem.ts";
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
  readonly json: (request: ChangesRequest) => Promise<Answer>;
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
  const safe = (answer: (request: ChangesRequest) => Promise<Answer>) => async (request: ChangesRequest) => {
    try {
      return await answer(request);
    } catch (error) {
      if (isFault(error)) onFault(error);
      return problemAnswer(problemOf(error));
    }
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
        if (isFault(error)) onFault(error);
        if (response.headersSent) response.destroy();
        else send(request, response, problemAnswer(problemOf(error)));
      }
    },
    close: () => streams.close(),
    json: safe(async (request) => {
      const { ifNoneMatch } = request;
      const { asOf, changes, next } = await read(request);
      const headers = headersOf({ changes, next }, asOf);
      if (matchesTag(ifNoneMatch, headers.etag)) return { status: 304, headers, body: "" };
      return json({ changes, next }, { headers });
    }),
    atom: safe(async (request) => {
      const { search, ifNoneMatch } = request;
      const { asOf, changes } = await read(request);
      const headers = headersOf({ changes }, asOf);
      if (matchesTag(ifNoneMatch, headers.etag)) return { status: 304, headers, body: "" };
      const query = new URLSearchParams(search);
      const [kind = "", id = ""] = [query.get("kind") ?? "", query.get("subject") ?? ""];
      const page = `/?${new URLSearchParams({ view: kind === "" ? "overview" : "watch", kind, id })}`;
      const body = atomFeed({ network: name, self: `/changes.atom${search}`, page, changes });
      return { status: 200, headers: { ...headers, "content-type": "application/atom+xml; charset=utf-8" }, body };
    }),
  };
}

function headersOf(content: object, asOf: { readonly number: number; readonly hash: string; readonly time: number }) {
  return {
    etag: `W/"${createHash("sha256").update(JSON.stringify(content)).digest("base64url").slice(0, 22)}"`,
    "cache-control": "public, no-cache",
    "mapae-as-of": `${asOf.number} ${asOf.hash} ${dateTime(asOf.time)}`,
  };
}
