import type { Express, Request } from "express";
import type { MapaeDid } from "../../../resolver/did/did.ts";
import { currentDeployment, type NetworkDescriptor } from "../../../resolver/network.ts";
import { MAPAE_CONTEXT } from "../../../resolver/resolution/representation.ts";
import type { Attestations } from "../../attestations/attestations.ts";
import type { Digest } from "../../peers/digest.ts";
import { divergenceOf, isReady, type NodeReport } from "../../runtime/status.ts";
import { json, METHODS, send } from "../answer.ts";
import { attestationsAnswer } from "../attestations.ts";
import type { bundleRoute } from "../bundles.ts";
import type { Changes, ChangesRequest } from "../changes/routes.ts";
import { DOCS_POLICY, docsPage } from "../openapi/docs-page.ts";
import { OPENAPI } from "../openapi/openapi.ts";
import type { Page, PageRequest } from "../page/page.ts";
import type { TrustRequest, trustRoutes } from "../trust/trust.ts";
import type { TypeDocument } from "../trust/type-document.ts";
import { addRoute, clientOf, emptyApp, endApp, methodNotAllowed, type Route } from "./routes.ts";
import { splitTarget } from "./split-target.ts";

export interface AppOptions {
  readonly network: NetworkDescriptor;
  readonly trust: ReturnType<typeof trustRoutes>;
  readonly document: TypeDocument;
  readonly changes: Pick<Changes, "json" | "atom">;
  readonly page: Page;
  readonly report: () => NodeReport;
  /** See {@link Digest}; as of a block, or of the newest that is never undone. */
  readonly digest: (block: number | "finalized") => Promise<Digest>;
  /** Attestations of the newest blocks. */
  readonly attestations: Pick<Attestations, "newest" | "at">;
  readonly bundle: ReturnType<typeof bundleRoute>;
  /** The examples that have a document now. */
  readonly examples: () => Promise<readonly MapaeDid[]>;
  /** Called with each fault of the node; never with data of the request or the client. */
  readonly onFault: (error: unknown) => void;
}

/** The routes that do not have to serve thousands of requests per second. */
export function createApp({
  network,
  trust,
  changes,
  document,
  page,
  report,
  digest,
  attestations,
  bundle,
  examples,
  onFault,
}: AppOptions): Express {
  const docs = [Buffer.from(docsPage())];
  // Encoded once and shared by all answers.
  const ready = (body: object, type?: string) => {
    const answer = json([Buffer.from(JSON.stringify(body))], type === undefined ? {} : { type });
    return () => answer;
  };
  const app = emptyApp();
  const get = (path: string | RegExp, route: Route) => addRoute(app, path, route);

  get("/", (request) => page.start(pageRequest(request)));
  get("/page/:file", (request) => page.file(String(request.params.file), pageRequest(request)));
  get("/health", () => json({ status: "ok" }));
  get("/ready", () => {
    const now = report();
    const divergence = divergenceOf(now);
    return json({ ...now.state, ...(divergence && { divergence }) }, { status: isReady(now) ? 200 : 503 });
  });
  get("/status", () => json(report()));
  get("/network", ready(network));
  // The context that documents name last; its IRI may point here.
  get("/contexts/v1", ready(MAPAE_CONTEXT, "application/ld+json"));
  // The routes by which the Universal Resolver describes its drivers.
  get("/1.0/methods", ready(["mapae"]));
  get("/1.0/properties", ready(driverProperties(network)));
  get("/1.0/testIdentifiers", async () => json({ mapae: (await examples()).map(({ did }) => did) }));
  get("/types", (request) => trust.types(trustRequest(request)));
  get("/types/:id", (request) => trust.type(trustRequest(request, request.params.id)));
  get("/types/:id/accreditations", (request) => trust.tree(trustRequest(request, request.params.id)));
  get("/changes", (request) => changes.json(changesRequest(request)));
  get("/changes.atom", (request) => changes.atom(changesRequest(request)));
  get("/accreditations/:did", (request) => trust.accreditations(trustRequest(request, request.params.did)));
  get("/issuers/:did", (request) => trust.issuer(trustRequest(request, request.params.did)));
  get("/openapi.json", ready(OPENAPI));
  get("/docs", () => ({
    status: 200,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy": DOCS_POLICY,
    },
    body: docs,
  }));
  get(/^\/digests\/(?<block>finalized|[0-9]{1,15})$/, async ({ params: { block } }) =>
    json(await digest(block === "finalized" ? block : Number(block))),
  );
  get("/bundles", (request) => bundle(trustRequest(request)));
  get(/^\/attestations\/(?<block>newest|[0-9]{1,15})$/, ({ params: { block } }) =>
    attestationsAnswer(network.name, attestations, String(block)),
  );
  // Last, because a type's URI may have any path: it must not hide a route of the node.
  app.use(async (request, response, next) => {
    const { path, headers, method } = request;
    const answer = await document({ path, ifNoneMatch: headers["if-none-match"] });
    if (answer === undefined) return next();
    const isRead = METHODS.split(", ").includes(method);
    send(request, response, isRead ? answer : methodNotAllowed(method));
  });
  return endApp(app, onFault);
}

/** The headers of a request that matter for the page. */
export function pageRequest({ headers }: Request): PageRequest {
  return { acceptEncoding: headers["accept-encoding"], ifNoneMatch: headers["if-none-match"] };
}

function changesRequest(request: Request): ChangesRequest {
  const { url, headers } = request;
  return { search: splitTarget(url).search, ifNoneMatch: headers["if-none-match"], client: clientOf(request) };
}

function trustRequest(request: Request, name?: string | string[]): TrustRequest {
  const { search, ...rest } = changesRequest(request);
  return { name: typeof name === "string" ? name : undefined, query: new URLSearchParams(search), ...rest };
}

/** Describes the served network, as a flat map of texts and numbers. */
export function driverProperties(network: NetworkDescriptor) {
  const { name, chainId, genesisHash, version } = network;
  const { registries } = currentDeployment(network);
  return { network: name, chainId, genesisHash, descriptorVersion: version, didRegistry: registries.did.address };
}
