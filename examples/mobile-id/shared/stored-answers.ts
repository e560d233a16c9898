import { boundedText } from "../../../resolver/http/request.ts";
import type { Fetch } from "../../../resolver/index.ts";

/** A stored answer of a node, for use without a network. */
export interface StoredAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers by their URL. All of them are public: whole histories, whole lists. */
export type StoredAnswers = Readonly<Record<string, StoredAnswer>>;

/** Headers with the type of an answer and the block as of which it is. */
const KEPT = ["content-type", "mapae-as-of", "mapae-finalized", "mapae-stale", "mapae-at"];

/** A `fetch` that stores each successful answer in `into`. An answer of more than `maxBytes` fails like a broken network. */
export function recordingFetch(into: Record<string, StoredAnswer>, fetch: Fetch, maxBytes: number): Fetch {
  return async (url, init) => {
    const response = await fetch(url, init);
    if (response.status !== 200) return response;
    const tooLong = () => new TypeError(`An answer is longer than ${maxBytes} bytes`);
    const body = await boundedText(response, maxBytes, tooLong);
    const headers = KEPT.flatMap((name) => {
      const value = response.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    into[url] = { headers: Object.fromEntries(headers), body };
    return new Response(body, { status: 200, headers: into[url].headers });
  };
}

/** A `fetch` that answers only from stored answers, without requests; any other URL fails like a broken network. */
export function storedFetch(answers: StoredAnswers): Fetch {
  return async (url) => {
    const answer = Object.hasOwn(answers, url) ? answers[url] : undefined;
    if (answer === undefined) throw new TypeError("the answer is not stored, and no request is sent");
    return new Response(answer.body, { status: 200, headers: answer.headers });
  };
}
