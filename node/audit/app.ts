import type { Express, Request, Response } from "express";
import type { ChainReader } from "../../resolver/chain/chain-reader.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { answerMetadata } from "../../resolver/resolution/resolve.ts";
import { listIdOf } from "../../resolver/status/apply-status-event.ts";
import { type Answer, DATA_HEADERS, json, send } from "../http/answer.ts";
import { shownBlock } from "../http/caching.ts";
import { type ListName, listNameOf } from "../http/names.ts";
import { chooseType } from "../http/negotiation/media-type.ts";
import { pageAnswers } from "../http/page/page.ts";
import { isFault, type Problem, problem, problemAnswer, problemOf } from "../http/problem.ts";
import { pageRequest } from "../http/server/app.ts";
import { emptyApp, methodNotAllowed } from "../http/server/routes.ts";
import { splitTarget } from "../http/server/split-target.ts";
import { heldIndex, type IndexSnapshot, type LiveIndex } from "../index/live-index.ts";
import { AcceptedGrants } from "../trust/accepted-grants.ts";
import { AuditError, auditProblem } from "./audit-error.ts";
import { MAX_READERS } from "./bounds.ts";
import { allChanges, CHANGE_PARAMETERS, limitOf, pageOf, readFilter } from "./changes/changes.ts";
import { EXPORT_TYPES, exported } from "./changes/exports.ts";
import { sendStream } from "./changes/stream.ts";
import { AUDIT_OPENAPI } from "./openapi/openapi.ts";
import { indexOf, kindOf, Parameters, required, subjectOf } from "./parameters.ts";
import { asOfMoment } from "./past/as-of.ts";
import { auditedStatus } from "./past/audited-status.ts";
import { RoleHolders } from "./past/role-holders.ts";
import { trustAt } from "./past/trust-at.ts";
import { writersAt } from "./past/writers-at.ts";

export interface AuditAppOptions {
  readonly index: LiveIndex;
  readonly network: NetworkDescriptor;
  /** The chain, which is read only for the roles of governance. */
  readonly chain: ChainReader;
  /** Throws when the client may not read: see `bearerCheck` and, without auditors, `expectLoopback`. */
  readonly check: (headers: Request["headers"]) => Promise<void>;
  /** Throws an `UnavailableError` while the node can't answer. */
  readonly expectFit: () => void;
  /** Unix time in seconds. */
  readonly now: () => number;
  /** Called with each fault of the node; never with data of the request or the client. */
  readonly onFault: (error: unknown) => void;
}

const METHODS = "GET, HEAD";
const PAGE_TYPES = ["application/json", ...EXPORT_TYPES] as const;

/** The routes of the audit listener. Each answer holds as of one block, which it names. */
export function createAuditApp({ index, network, chain, check, expectFit, now, onFault }: AuditAppOptions): Express {
  const app = emptyApp();
  const grants = new AcceptedGrants(index);
  const roles = new RoleHolders(chain, network);
  const description = json([Buffer.from(JSON.stringify(AUDIT_OPENAPI))]);
  let readers = 0;

  const refuse = (request: Request, response: Response, error: unknown) => {
    const isAnswer = error instanceof AuditError || error instanceof URIError;
    if (!isAnswer && isFault(error)) onFault(error);
    send(request, response, refusal(error), PRIVATE_HEADERS);
  };
  // The page needs no token: it is the same for everybody and has no data of the index. The auditor enters the token in it.
  const page = pageAnswers({ part: "audit" });
  app.get("/", (request, response) => send(request, response, page.start(pageRequest(request)), PAGE_HEADERS));
  app.get("/page/:file", (request, response) =>
    send(request, response, page.file(String(request.params.file), pageRequest(request)), PAGE_HEADERS),
  );
  // Checked before the routes, so that other clients do not even learn which routes exist.
  app.use(async (request, response, next) => {
    try {
      await check(request.headers);
      next();
    } catch (error) {
      refuse(request, response, error);
    }
  });

  /** Holds a snapshot of the index while the answer is built and sent. */
  const reading = async (
    request: Request,
    response: Response,
    read: (held: IndexSnapshot) => Promise<Answer | undefined>,
  ) => {
    expectFit();
    if (readers >= MAX_READERS) throw new AuditError("AUDIT_BUSY", `${MAX_READERS} questions are being answered`);
    readers++;
    try {
      await grants.load();
      await using held = heldIndex(index);
      const answer = await read(held);
      if (answer !== undefined) send(request, response, answer, PRIVATE_HEADERS);
    } finally {
      readers--;
    }
  };
  const route = (path: string, answer: (request: Request, response: Response) => Promise<void>) =>
    app
      .route(path)
      .get(async (request, response) => {
        try {
          await answer(request, response);
        } catch (error) {
          // After a stream began, its status can't change to an error. The connection is cut, so that the client sees an
          // incomplete answer.
          if (response.headersSent) response.destroy();
          else refuse(request, response, error);
        }
      })
      .all((request, response) => send(request, response, methodNotAllowed(request.method, METHODS), PRIVATE_HEADERS));
  type Read = (held: IndexSnapshot, request: Request, response: Response) => Promise<Answer | undefined>;
  const get = (path: string, read: Read) =>
    route(path, (request, response) => reading(request, response, (held) => read(held, request, response)));
  const given = (request: Request, known: readonly string[]) =>
    new Parameters(splitTarget(request.url).search, { known, network: network.name });

  get("/audit/changes", async (held, request, response) => {
    const type = chooseType(request.headers.accept, PAGE_TYPES);
    if (type === undefined) throw new AuditError("AUDIT_MEDIA_TYPE", `Served are ${PAGE_TYPES.join(", ")}`);
    const isPage = type === "application/json";
    const parameters = given(request, isPage ? [...CHANGE_PARAMETERS, "limit"] : CHANGE_PARAMETERS);
    const filter = readFilter(parameters, network.name);
    if (isPage) {
      const page = await pageOf(held, filter, limitOf(parameters));
      const { kind, id } = filter.subject ?? {};
      const head = kind && id && held.state(kind, id)?.head;
      const { asOf } = answerMetadata(held.asOf, held.asOf.time);
      return json({ asOf, roots: held.roots, ...(head && { head }), ...page });
    }
    const headers = { "content-type": `${type}; charset=utf-8`, "mapae-as-of": shownBlock(held.asOf) };
    await sendStream(request, response, { headers, parts: exported(allChanges(held, filter), type) });
    return undefined;
  });

  get("/audit/status/:issuer/:number/:index", async (held, request) => {
    const { issuer, number } = pathList(request.params);
    const question = { issuer, number, index: indexOf(String(request.params.index)) };
    const moment = await asOfMoment(held, given(request, ["asOf"]).asOf(), now());
    return json(await auditedStatus(held, network, question, moment));
  });

  get("/audit/trust", async (held, request) => {
    const parameters = given(request, ["issuer", "key", "type", "at", "list", "index", "asOf"]);
    const issuer = required(parameters.address("issuer"), "issuer");
    // Read before the first `await`, so that it is as of the same block as the snapshot.
    const accepted = grants.of(issuer);
    const key = required(parameters.matching("key", /^[A-Za-z0-9_-]{1,64}$/, "the fragment of a key's id"), "key");
    const typeId = required(parameters.hash("type"), "type");
    const at = required(parameters.moment("at"), "at");
    const list = parameters.list("list");
    const index = parameters.whole("index", 0, 2 ** 53 - 1);
    if ((list === undefined) !== (index === undefined)) required(undefined, list === undefined ? "list" : "index");
    const status =
      list === undefined || index === undefined ? null : { list: listIdOf(list.issuer, list.number), index };
    const wanted = parameters.asOf();
    const { asOf } = await asOfMoment(held, wanted, now());
    const moment = wanted !== "newest" && "time" in wanted ? wanted.time : now();
    return json(await trustAt(held, network, { issuer, key, typeId, at, status }, { asOf, now: moment, accepted }));
  });

  get("/audit/writers/:kind/:id", async (held, request) => {
    const { kind, id } = request.params;
    const subject = subjectOf(kindOf(String(kind)), String(id), network.name);
    const wanted = given(request, ["asOf"]).asOf();
    const moment = await asOfMoment(held, wanted, now());
    return json(await writersAt(held, network, subject, moment, (role) => roles.of(role, held.asOf, wanted)));
  });

  // Answers in every state of the node: `mapae doctor` recognises the listener by it.
  route("/audit/openapi.json", async (request, response) => send(request, response, description, PRIVATE_HEADERS));

  app.use((request: Request, response: Response) => {
    const detail = "Got a path that is no route of the audit listener: see /audit/openapi.json";
    send(request, response, problemAnswer(problem("NO_ROUTE", detail)), PRIVATE_HEADERS);
  });
  // Express recognises an error handler by its four parameters.
  app.use((error: unknown, request: Request, response: Response, _next: unknown) => refuse(request, response, error));
  return app;
}

/** Headers of the page, to which its answers add their own. */
const PAGE_HEADERS = DATA_HEADERS;

/** Pages of other origins can't read this, and no cache stores it. */
const PRIVATE_HEADERS = { ...DATA_HEADERS, "cache-control": "no-store" };

function refusal(error: unknown): Answer {
  if (error instanceof URIError) {
    return problemAnswer(auditProblem(new AuditError("AUDIT_PARAMETER", "The path is not percent-encoded right")));
  }
  if (!(error instanceof AuditError)) return problemAnswer(problemOf(error) satisfies Problem);
  // RFC 6750, section 3. The reason for rejecting a token is in the body.
  const challenge = error.code === "AUDIT_TOKEN" && { "www-authenticate": 'Bearer realm="mapae audit"' };
  return problemAnswer(auditProblem(error), challenge || {});
}

function pathList({ issuer, number }: Request["params"]): ListName {
  const list = listNameOf(`${issuer}/${number}`);
  if (list !== undefined) return list;
  throw new AuditError("AUDIT_PARAMETER", "Wanted the issuer's address in lower case, and the number of its list");
}
