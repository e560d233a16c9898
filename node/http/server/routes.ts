import type { IncomingMessage } from "node:http";
import express, { type Express, type Request, type Response } from "express";
import { type Answer, METHODS, send } from "../answer.ts";
import type { Client } from "../clients/clients.ts";
import { errorAnswer, problem, problemAnswer } from "../problem.ts";
import { MAX_TARGET_LENGTH } from "./bounds.ts";

/** Answers a request; errors are answered by `problemOf`. */
export type Route = (request: Request) => Answer | Promise<Answer>;

/** Key of a request's client in the request. */
const CLIENT = Symbol("client");

interface WithClient {
  [CLIENT]?: Client | undefined;
}

/** Passes the client of a request to the routes of an app. */
export function passClient(request: IncomingMessage & WithClient, client: Client | undefined): void {
  request[CLIENT] = client;
}

/** The client of a request to an app; `undefined` when it can't be identified. */
export function clientOf(request: IncomingMessage & WithClient): Client | undefined {
  return request[CLIENT];
}

/** An app without routes. */
export function emptyApp(): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  // Express does not parse queries: a route with options reads them itself.
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

/** Adds the answers to unknown paths and to errors; `onFault` is called only with faults, see `isFault`. */
export function endApp(app: Express, onFault: (error: unknown) => void): Express {
  app.use((request: Request, response: Response) => send(request, response, noRoute(request.path)));
  // Express recognises an error handler by its four parameters.
  app.use((error: unknown, request: Request, response: Response, _next: unknown) => {
    // Express throws it for a path with invalid percent-encoding.
    if (error instanceof URIError) return send(request, response, noRoute(request.path));
    send(request, response, errorAnswer(error, onFault));
  });
  return app;
}

/** The answer to a request target of more than {@link MAX_TARGET_LENGTH} characters. */
export function targetTooLong(target: string): Answer {
  const detail = `Got ${target.length} characters, at most ${MAX_TARGET_LENGTH} are read`;
  return problemAnswer(problem("TARGET_TOO_LONG", detail));
}

/** The answer to a method that a route does not have. */
export function methodNotAllowed(method = "", methods = METHODS): Answer {
  const detail = `Got ${method.slice(0, 20)}, wanted one of ${methods}`;
  return problemAnswer(problem("METHOD_NOT_ALLOWED", detail), { allow: methods });
}

function noRoute(path: string): Answer {
  return problemAnswer(problem("NO_ROUTE", `Got ${JSON.stringify(path.slice(0, 100))}, which is no route here`));
}
