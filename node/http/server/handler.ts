import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { MIRROR_HEADER } from "../../lists/peer-lists.ts";
import { type Answer, METHODS, preflight, send } from "../answer.ts";
import type { Changes } from "../changes/routes.ts";
import type { Handle } from "../clients/admission.ts";
import { STATUS_LISTS, type StatusListRequest } from "../lists/status-lists.ts";
import { errorAnswer, problem, problemAnswer } from "../problem.ts";
import { PROOFS, type ProofRequest } from "../proofs/proofs.ts";
import type { IdentifierRequest } from "../resolution/identifiers.ts";
import { readBody } from "./body.ts";
import { MAX_BODY_BYTES, MAX_TARGET_LENGTH } from "./bounds.ts";
import { methodNotAllowed, passClient, targetTooLong } from "./routes.ts";

const IDENTIFIERS = "/1.0/identifiers/";

/** The path of the changes, with or without a query. */
const CHANGES = /^\/changes\/?(?:\?|$)/i;

/** The methods of the route of identifiers (DID Resolution v1, "HTTP(S) Binding"). */
const IDENTIFIER_METHODS = "GET, HEAD, POST, OPTIONS";

export interface HandlerOptions {
  readonly identify: (request: IdentifierRequest) => Answer | Promise<Answer>;
  /** `undefined` when no status lists are served. */
  readonly answerList?: (request: StatusListRequest) => Answer | Promise<Answer>;
  readonly answerProof?: (request: ProofRequest) => Promise<Answer>;
  /** `undefined` when there are no streams. */
  readonly changes?: Pick<Changes, "isStream" | "stream">;
  /** Answers everything else. */
  readonly app: RequestListener;
  readonly onFault: (error: unknown) => void;
}

/**
 * Answers requests for documents and lists, which are the most frequent, without express; also proofs and streams.
 */
export function requestHandler({ identify, answerList, answerProof, changes, app, onFault }: HandlerOptions): Handle {
  return (request: IncomingMessage, response: ServerResponse, client) => {
    const { method } = request;
    const url = originForm(request.url);
    const answerLate = (answer: Promise<Answer>) =>
      void answer.catch((error: unknown) => errorAnswer(error, onFault)).then((late) => send(request, response, late));
    const answerWith = (answer: Answer | Promise<Answer>) =>
      answer instanceof Promise ? answerLate(answer) : send(request, response, answer);

    if (url.length > MAX_TARGET_LENGTH) return answerWith(targetTooLong(url));
    const isIdentifier = url.startsWith(IDENTIFIERS);
    if (method === "OPTIONS") return answerWith(preflight(isIdentifier ? IDENTIFIER_METHODS : METHODS));
    const isRead = method === "GET" || method === "HEAD";
    const { accept, "if-none-match": ifNoneMatch } = request.headers;

    if (isIdentifier) {
      const target = url.slice(IDENTIFIERS.length);
      if (isRead) return answerWith(identify({ target, accept, client, ifNoneMatch }));
      if (method !== "POST") return answerWith(methodNotAllowed(method, IDENTIFIER_METHODS));
      const answer = async (body: Buffer | undefined) =>
        body === undefined ? BODY_TOO_LARGE : identify({ target, accept, client, body });
      // A client that disconnects mid-body gets no answer; the listener reports connection errors.
      return void readBody(request).then(
        (body) => answerLate(answer(body)),
        () => response.destroy(),
      );
    }
    if (answerList !== undefined && isStatusLists(url)) {
      if (!isRead) return answerWith(methodNotAllowed(method));
      const isMirror = request.headers[MIRROR_HEADER] !== undefined;
      return answerWith(answerList({ target: url.slice(STATUS_LISTS.length), accept, ifNoneMatch, isMirror }));
    }
    if (answerProof !== undefined && url.startsWith(PROOFS)) {
      if (!isRead) return answerWith(methodNotAllowed(method));
      return answerWith(answerProof({ target: url.slice(PROOFS.length), ifNoneMatch, client }));
    }
    request.url = url;
    if (isRead && CHANGES.test(url) && changes?.isStream(accept)) {
      return void changes.stream(request, response, client);
    }
    passClient(request, client);
    app(request, response);
  };
}

/** The rest of such a body is not read, so the connection is closed after the answer. */
const BODY_TOO_LARGE = problemAnswer(
  problem("BODY_TOO_LARGE", `Got a body of more than ${MAX_BODY_BYTES} bytes, at most as many are read`),
  { connection: "close" },
);

/** Whether a target is the path of the lists, one below it, or that path with a query. */
function isStatusLists(target: string): boolean {
  const next = target[STATUS_LISTS.length];
  return target.startsWith(STATUS_LISTS) && (next === "/" || next === "?" || next === undefined);
}

/** Path and query of a request target: some clients also send scheme and host (RFC 9112, section 3.2.2). */
function originForm(target = "/"): string {
  if (target.startsWith("/")) return target;
  const path = target.replace(/^https?:\/\/[^/?#]*/i, "");
  return path.startsWith("/") ? path : `/${path}`;
}
