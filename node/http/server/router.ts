import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { type Answer, METHODS, send } from "../answer.ts";
import { isFault, problem, problemAnswer, problemOf } from "../problem.ts";

/** A request with what its path says; `url` is in origin form. */
export interface RoutedRequest extends IncomingMessage {
  readonly url: string;
  /** The path, without the query. */
  readonly path: string;
  /** Named parts of the path, percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
}

/** What a route answers; an error is answered as `problemOf` says. */
export type Route = (request: RoutedRequest) => Answer | Promise<Answer>;

/** Handles a request of a listener; it answers in time, or throws. */
export type Handler = (request: RoutedRequest, response: ServerResponse) => void | Promise<void>;

export interface RouterOptions {
  /** Handles what no path is for. */
  readonly otherwise: Handler;
  /** Handles an error that a handler threw; a path that is not percent-encoded right is a URIError. */
  readonly onError: (request: RoutedRequest, response: ServerResponse, error: unknown) => void;
}

/** Finds the handler of a request by its path. As in express, case and a slash at the end of a path do not count. */
export class Router {
  readonly #options: RouterOptions;
  readonly #routes: { readonly path: string | RegExp; readonly pattern: RegExp; readonly handler: Handler }[] = [];

  constructor(options: RouterOptions) {
    this.#options = options;
  }

  /** @param path such as `/types/:id`, or an expression with named groups. The first path that fits counts. */
  add(path: string | RegExp, handler: Handler): void {
    this.#routes.push({ path, pattern: typeof path === "string" ? patternOf(path) : path, handler });
  }

  /** The paths, as they were added. */
  get paths(): readonly string[] {
    return this.#routes.map(({ path }) => String(path));
  }

  readonly listener: RequestListener = (request, response) => {
    const url = originForm(request.url);
    const routed: RoutedRequest = Object.assign(request, { url, path: url.split("?", 1)[0] ?? "/", params: {} });
    this.#handle(routed, response).catch((error: unknown) => this.#options.onError(routed, response, error));
  };

  async #handle(request: RoutedRequest, response: ServerResponse): Promise<void> {
    for (const { pattern, handler } of this.#routes) {
      const found = pattern.exec(request.path);
      if (found === null) continue;
      const params = Object.entries(found.groups ?? {}).map(([name, part]) => [name, decodeURIComponent(part)]);
      await handler(Object.assign(request, { params: Object.fromEntries(params) }), response);
      return;
    }
    await this.#options.otherwise(request, response);
  }
}

function patternOf(path: string): RegExp {
  const parts = path
    .split("/")
    .map((part) => (part.startsWith(":") ? `(?<${part.slice(1)}>[^/]+)` : part.replace(/[.]/g, "\\.")));
  return new RegExp(`^${parts.join("/")}/?$`, "i");
}

/** Routes that answer GET and HEAD with a whole answer, problems as RFC 9457 has them, and 404 elsewhere. */
export class Routes {
  readonly #router: Router;

  /**
   * @param onFault receives errors that are the node's own, see `isFault`.
   * @param otherwise answers paths that no route is for, when it has an answer.
   */
  constructor(onFault: (error: unknown) => void, otherwise?: (request: RoutedRequest) => Promise<Answer | undefined>) {
    this.#router = new Router({
      async otherwise(request, response) {
        send(request, response, (await otherwise?.(request)) ?? noRoute(request.path));
      },
      onError(request, response, error) {
        if (error instanceof URIError) return send(request, response, noRoute(request.path));
        if (isFault(error)) onFault(error);
        send(request, response, problemAnswer(problemOf(error)));
      },
    });
  }

  /**
   * Adds a route; other methods than GET and HEAD get 405.
   * @param stream answers by itself where it returns true, such as with events as they happen.
   */
  get(
    path: string | RegExp,
    route: Route,
    stream?: (request: RoutedRequest, response: ServerResponse) => boolean,
  ): void {
    this.#router.add(path, async (request, response) => {
      if (isRead(request.method) && stream?.(request, response)) return;
      send(request, response, isRead(request.method) ? await route(request) : methodNotAllowed(request.method));
    });
  }

  get listener(): RequestListener {
    return this.#router.listener;
  }

  /** See {@link Router.paths}. */
  get paths(): readonly string[] {
    return this.#router.paths;
  }
}

export function isRead(method: string | undefined): boolean {
  return method === "GET" || method === "HEAD";
}

/** What another method than those of a route gets. */
export function methodNotAllowed(method = "", methods = METHODS): Answer {
  const detail = `Got ${method.slice(0, 20)}, wanted one of ${methods}`;
  return problemAnswer(problem("METHOD_NOT_ALLOWED", detail), { allow: methods });
}

function noRoute(path: string): Answer {
  return problemAnswer(problem("NO_ROUTE", `Got ${JSON.stringify(path.slice(0, 100))}, which is no route here`));
}

/** Path and query of a request target: some clients name scheme and host too (RFC 9112, section 3.2.2). */
export function originForm(target = "/"): string {
  if (target.startsWith("/")) return target;
  const path = target.replace(/^https?:\/\/[^/?#]*/i, "");
  return path.startsWith("/") ? path : `/${path}`;
}
