import { listIdOf } from "../../../resolver/status/apply-status-event.ts";
import { ListNotFoundError, type WantedList } from "../../lists/list-signers.ts";
import { TTL } from "../../lists/make-token.ts";
import { type ListPart, MEDIA_TYPES, type SignedList } from "../../lists/served-list.ts";
import type { StatusLists } from "../../lists/status-lists.ts";
import { type Answer, json } from "../answer.ts";
import { notModified } from "../caching.ts";
import { HotAnswers, type HotAnswersOptions } from "../hot-answers.ts";
import { listNameOf } from "../names.ts";
import { chooseType } from "../negotiation/media-type.ts";
import { errorAnswer, problem, problemAnswer } from "../problem.ts";
import { splitTarget } from "../server/split-target.ts";

/** Path of the aggregation, and prefix of the paths of all lists. */
export const STATUS_LISTS = "/status-lists";

/** Path of a list: see {@link listNameOf}. */
const LIST_PATH = /^\/(?<name>[^/]+\/[^/]+)(?:\/(?<part>revocation|suspension))?$/;

export interface StatusListsRouteOptions extends Pick<HotAnswersOptions<WantedList>, "moment"> {
  readonly lists: StatusLists;
  /** Throws an `UnavailableError` while the node can't answer. */
  readonly expectFit: () => void;
  /** Whether newer blocks, which may have a list that is absent here, can't be read now. */
  readonly stale: () => boolean;
  /** Unix time in seconds. */
  readonly now: () => number;
  /** Called with each fault of the node; see `isFault`. */
  readonly onFault: (error: unknown) => void;
}

export interface StatusListRequest {
  /** The request target after {@link STATUS_LISTS}. */
  readonly target: string;
  readonly accept: string | undefined;
  readonly ifNoneMatch: string | undefined;
  /** Whether the client is another node. Then no further nodes are asked. */
  readonly isMirror?: boolean;
}

/**
 * `GET /status-lists/{issuer}/{number}` (Token Status List), `/revocation` and `/suspension` under it (Bitstring Status List
 * v1.0), and `GET /status-lists`, the aggregation of the former: always whole lists, so that a request reveals no index.
 */
export function statusLists({ lists, moment, expectFit, stale, now, onFault }: StatusListsRouteOptions) {
  const hot = new HotAnswers<WantedList>({
    moment,
    make(wanted, ifNoneMatch) {
      const signed = lists.ready(wanted);
      return signed && listAnswer(signed, wanted.type, { now: now(), ifNoneMatch });
    },
  });
  const refused = (error: unknown): Answer => {
    if (error instanceof ListNotFoundError) {
      if (error.code !== "LIST_NOT_FOUND" || !stale()) return problemAnswer(problem(error.code, error.message));
      return problemAnswer(problem("UNAVAILABLE", `${error.message}, and newer blocks can't be read now`));
    }
    return errorAnswer(error, onFault);
  };
  return (request: StatusListRequest): Answer | Promise<Answer> => {
    try {
      return hot.again(request, request.ifNoneMatch) ?? answer(request).catch(refused);
    } catch (error) {
      return refused(error);
    }
  };

  async function answer({ target, accept, ifNoneMatch, isMirror }: StatusListRequest): Promise<Answer> {
    const { path, search } = splitTarget(target);
    if (path === "") {
      expectFit();
      return json({ status_lists: await lists.uris() }, { headers: { "cache-control": maxAge(TTL) } });
    }
    const { name = "", part = "token" } = LIST_PATH.exec(path)?.groups ?? {};
    const list = listNameOf(name);
    if (list === undefined) {
      const wanted = `${STATUS_LISTS}/<address in lower case>/<number>, and /revocation or /suspension behind it`;
      return problemAnswer(problem("NO_ROUTE", `Got another path, wanted ${wanted}`));
    }
    expectFit();
    // A list of the past that is signed now would have a wrong time of issue (Token Status List, "Historical Resolution").
    if (new URLSearchParams(search).has("time")) {
      return problemAnswer(problem("LIST_HISTORY", "Got the parameter time: only the newest list is signed"));
    }
    const served = MEDIA_TYPES[part as ListPart];
    const type = chooseType(accept, served);
    if (type === undefined) {
      const got = JSON.stringify(accept?.slice(0, 200));
      return problemAnswer(problem("LIST_MEDIA_TYPE", `Got Accept ${got}, served are ${served.join(", ")}`));
    }
    const { issuer, number } = list;
    const wanted = { id: listIdOf(issuer, number), issuer, part: part as ListPart, type };
    const signed = await lists.get(wanted, !isMirror);
    hot.keep({ target, accept }, wanted);
    return listAnswer(signed, type, { now: now(), ifNoneMatch });
  }
}

function listAnswer(
  { bytes, etag, issuedAt }: SignedList,
  type: string,
  { now, ifNoneMatch }: { readonly now: number; readonly ifNoneMatch: string | undefined },
): Answer {
  // A list that was signed earlier may be cached for a shorter time.
  const age = Math.max(0, now - issuedAt);
  const headers = { etag, vary: "accept", "cache-control": maxAge(Math.max(0, TTL - age)) };
  return (
    notModified(ifNoneMatch, headers) ?? { status: 200, headers: { ...headers, "content-type": type }, body: [bytes] }
  );
}

function maxAge(seconds: number): string {
  return `public, max-age=${seconds}`;
}
