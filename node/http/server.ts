import type { IncomingMessage, ServerResponse } from "node:http";
import type { MapaeDid } from "../../resolver/did.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { Digest } from "../peers/digest.ts";
import type { StatusIndex } from "../registry-index.ts";
import { type NodeReport, unfitReason } from "../status.ts";
import type { StatusLists } from "../status-lists/status-lists.ts";
import { type Answer, METHODS, preflight, send } from "./answer.ts";
import { createApp } from "./app.ts";
import { readBody } from "./body.ts";
import { type ClientLimits, MAX_BODY_BYTES, MAX_TARGET_LENGTH } from "./bounds.ts";
import { identifiers } from "./identifiers.ts";
import { indexSource } from "./index-source.ts";
import { type Listener, openListener } from "./listener.ts";
import { problem, problemAnswer, problemOf } from "./problem.ts";
import { methodNotAllowed } from "./routes.ts";
import { STATUS_LISTS, statusLists } from "./status-lists.ts";
import { testIdentifiers } from "./test-identifiers.ts";
import { trustRoutes } from "./trust.ts";

export { PortInUseError } from "./listener.ts";

const IDENTIFIERS = "/1.0/identifiers/";

/** The methods of the route of identifiers (DID Resolution v1, "HTTP(S) Binding"). */
const IDENTIFIER_METHODS = "GET, HEAD, POST, OPTIONS";

export interface HttpOptions {
  readonly index: StatusIndex;
  readonly network: NetworkDescriptor;
  /** DIDs that the operator names as examples. */
  readonly examples: readonly MapaeDid[];
  /** Those that this node signs. */
  readonly lists: StatusLists;
  readonly report: () => NodeReport;
  /** See {@link Digest}; as of a block, or of the newest that stays. */
  readonly digest: (block: number | "finalized") => Promise<Digest>;
  /** Unix time in seconds. */
  readonly now: () => number;
  /** Told of each fault of the node; never with what was asked or who asked. */
  readonly onFault: (error: unknown) => void;
  /** Told the status of each answer that was sent, and nothing else of it. */
  readonly onAnswer: (status: number) => void;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** In place of those of `CLIENT_LIMITS`. */
  readonly limits?: Partial<ClientLimits>;
}

/** The public listener. */
export type HttpServer = Listener;

/**
 * Opens the public listener. Documents, the answers that are wanted most, are given before express sees the request.
 * @throws PortInUseError when host and port are taken.
 */
export function startHttp(options: HttpOptions): Promise<HttpServer> {
  const { index, network, lists, report, digest, now, onFault, onAnswer, host, port, limits } = options;
  const unfit = () => unfitReason(report().state);
  const stale = () => report().state.kind === "stale";
  const source = indexSource({ index, network, now, unfit, stale });
  const identify = identifiers({ source, network, onFault });
  const trust = trustRoutes({ index, network, now, onFault, unfit, stale });
  const examples = () => testIdentifiers(source, options.examples);
  const app = createApp({ network, trust, report, digest, examples, onFault });
  const answerList = statusLists({ lists, now, onFault, unfit });

  const handle = (request: IncomingMessage, response: ServerResponse) => {
    const { method } = request;
    const url = originForm(request.url);
    if (url.length > MAX_TARGET_LENGTH) {
      const detail = `Got ${url.length} characters, at most ${MAX_TARGET_LENGTH} are read`;
      return send(request, response, problemAnswer(problem("TARGET_TOO_LONG", detail)));
    }
    const isIdentifier = url.startsWith(IDENTIFIERS);
    if (method === "OPTIONS") return send(request, response, preflight(isIdentifier ? IDENTIFIER_METHODS : METHODS));
    const answerLate = (answer: Promise<Answer>) =>
      void answer
        .catch((error: unknown) => {
          onFault(error);
          return problemAnswer(problemOf(error));
        })
        .then((late) => send(request, response, late));
    const { accept, "if-none-match": ifNoneMatch } = request.headers;
    if (!isIdentifier) {
      if (!isStatusLists(url)) {
        request.url = url;
        return void app(request, response);
      }
      if (method !== "GET" && method !== "HEAD") return send(request, response, methodNotAllowed(method));
      return answerLate(answerList({ target: url.slice(STATUS_LISTS.length), accept, ifNoneMatch }));
    }
    const target = url.slice(IDENTIFIERS.length);

    if (method === "POST") {
      // Who goes away before the end of the body hears nothing; what went wrong with the connection is the listener's to say.
      return void readBody(request).then(
        (body) =>
          answerLate((async () => (body === undefined ? BODY_TOO_LARGE : identify({ target, accept, body })))()),
        () => response.destroy(),
      );
    }
    if (method !== "GET" && method !== "HEAD") {
      return send(request, response, methodNotAllowed(method, IDENTIFIER_METHODS));
    }
    const answer = identify({ target, accept, ifNoneMatch });
    if (answer instanceof Promise) answerLate(answer);
    else send(request, response, answer);
  };

  const variables = "MAPAE_HTTP_HOST or MAPAE_HTTP_PORT";
  return openListener({ handle, onFault, onAnswer, host, port, variables, limits });
}

/** The rest of such a body is not read: the connection ends with the answer. */
const BODY_TOO_LARGE = problemAnswer(
  problem("BODY_TOO_LARGE", `Got a body of more than ${MAX_BODY_BYTES} bytes, at most as many are read`),
  { connection: "close" },
);

/** Whether a target is the path of the lists, one below it, or that path with a query. */
function isStatusLists(target: string): boolean {
  return target.startsWith(STATUS_LISTS) && ["/", "?", undefined].includes(target[STATUS_LISTS.length]);
}

/** Path and query of a request target: some clients name scheme and host too (RFC 9112, section 3.2.2). */
function originForm(target = "/"): string {
  if (target.startsWith("/")) return target;
  const path = target.replace(/^https?:\/\/[^/?#]*/i, "");
  return path.startsWith("/") ? path : `/${path}`;
}
