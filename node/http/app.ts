import express, { type Express, type Request, type Response } from "express";
import { currentDeployment, type NetworkDescriptor } from "../../resolver/network.ts";
import type { Digest } from "../peers/digest.ts";
import { divergenceOf, type NodeReport, unfitReason } from "../status.ts";
import { type Answer, json, METHODS, send } from "./answer.ts";
import { DOCS_POLICY, docsPage } from "./docs-page.ts";
import { OPENAPI } from "./openapi.ts";
import { isFault, problem, problemAnswer, problemOf } from "./problem.ts";
import type { TrustRequest, trustRoutes } from "./trust.ts";

export interface AppOptions {
  readonly network: NetworkDescriptor;
  readonly trust: ReturnType<typeof trustRoutes>;
  readonly report: () => NodeReport;
  /** See {@link Digest}; as of a block, or of the newest that stays. */
  readonly digest: (block: number | "finalized") => Promise<Digest>;
  readonly onFault: (error: unknown) => void;
}

/** The routes that are not asked for thousands of times a second. */
export function createApp({ network, trust, report, digest, onFault }: AppOptions): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  // Not parsed, not wanted: no route of these has options.
  app.set("query parser", false);

  const docs = docsPage();
  const get = (path: string | RegExp, answer: (request: Request) => Answer | Promise<Answer>) =>
    app
      .route(path)
      .get(async (request, response) => send(request, response, await answer(request)))
      .all((request, response) => send(request, response, methodNotAllowed(request.method)));

  get("/health", () => json({ status: "ok" }));
  get("/ready", () => {
    const now = report();
    const divergence = divergenceOf(now);
    const fit = unfitReason(now.state) === undefined && divergence === undefined;
    return json({ ...now.state, ...(divergence && { divergence }) }, { status: fit ? 200 : 503 });
  });
  get("/status", () => json(report()));
  get("/network", () => json(network));
  // What the Universal Resolver asks its drivers.
  get("/1.0/methods", () => json(["mapae"]));
  get("/1.0/properties", () => json(driverProperties(network)));
  get("/types", (request) => trust.types(trustRequest(request)));
  get("/types/:id", (request) => trust.type(trustRequest(request, request.params.id)));
  get("/accreditations/:did", (request) => trust.accreditations(trustRequest(request, request.params.did)));
  get("/openapi.json", () => json(OPENAPI));
  get("/docs", () => ({
    status: 200,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy": DOCS_POLICY,
    },
    body: docs,
  }));
  get(/^\/digests\/(?<block>finalized|[0-9]{1,15})$/, async ({ params: { block } }) => {
    try {
      return json(await digest(block === "finalized" ? block : Number(block)));
    } catch (error) {
      if (isFault(error)) onFault(error);
      return problemAnswer(problemOf(error));
    }
  });

  app.use((request: Request, response: Response) => send(request, response, noRoute(request.path)));
  // express knows an error handler by its four parameters.
  app.use((error: unknown, request: Request, response: Response, _next: unknown) => {
    // Of express: a path that is not percent-encoded right.
    if (error instanceof URIError) return send(request, response, noRoute(request.path));
    onFault(error);
    send(request, response, problemAnswer(problemOf(error)));
  });
  return app;
}

function trustRequest({ url, headers }: Request, name?: string | string[]): TrustRequest {
  const at = url.indexOf("?");
  const query = new URLSearchParams(at < 0 ? "" : url.slice(at));
  return { name: typeof name === "string" ? name : undefined, query, ifNoneMatch: headers["if-none-match"] };
}

/** What this node serves, as a flat map of texts and numbers. */
function driverProperties(network: NetworkDescriptor): object {
  const { name, chainId, genesisHash, version } = network;
  const { registries } = currentDeployment(network);
  return { network: name, chainId, genesisHash, descriptorVersion: version, didRegistry: registries.did.address };
}

/** What another method than those of a route gets. */
export function methodNotAllowed(method = "", methods = METHODS): Answer {
  const detail = `Got ${method.slice(0, 20)}, wanted one of ${methods}`;
  return problemAnswer(problem("METHOD_NOT_ALLOWED", detail), { allow: methods });
}

function noRoute(path: string): Answer {
  return problemAnswer(
    problem("NO_ROUTE", `Got ${JSON.stringify(path.slice(0, 100))}, which is no route of this node`),
  );
}
