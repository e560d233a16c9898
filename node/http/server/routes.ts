import express, { type Express, type Request, type Response } from "express";
import { type Answer, METHODS, send } from "../answer.ts";
import { isFault, problem, problemAnswer, problemOf } from "../problem.ts";

/** What a route answers; an error is answered as `problemOf` says. */
export type Route = (request: Request) => Answer | Promise<Answer>;

/** An app without routes. */
export function emptyApp(): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  // Not parsed by express: a route that has options reads them itself.
  app.set("query parser", false);
  return app;
}

/** Adds a route that answers GET and HEAD, and 405 to other methods. */
export function addRoute(app: Express, path: string | RegExp, answer: Route): void {
  app
    .route(path)
    .get(async (request, response) => send(request, response, await answer(request)))
    .all((request, response) => send(request, response, methodNotAllowed(request.method)));
}

/** Adds what is answered to everything else, and to errors; `onFault` is called with faults alone, see `isFault`. */
export function endApp(app: Express, onFault: (error: unknown) => void): Express {
  app.use((request: Request, response: Response) => send(request, response, noRoute(request.path)));
  // express knows an error handler by its four parameters.
  app.use((error: unknown, request: Request, response: Response, _next: unknown) => {
    // Of express: a path that is not percent-encoded right.
    if (error instanceof URIError) return send(request, response, noRoute(request.path));
    if (isFault(error)) onFault(error);
    send(request, response, problemAnswer(problemOf(error)));
  });
  return app;
}

/** What another method than those of a route gets. */
export function methodNotAllowed(method = "", methods = METHODS): Answer {
  const detail = `Got ${method.slice(0, 20)}, wanted one of ${methods}`;
  return problemAnswer(problem("METHOD_NOT_ALLOWED", detail), { allow: methods });
}

function noRoute(path: string): Answer {
  return problemAnswer(problem("NO_ROUTE", `Got ${JSON.stringify(path.slice(0, 100))}, which is no route here`));
}
