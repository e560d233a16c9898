import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { OPENAPI } from "../../../../node/http/openapi/openapi.ts";
import type { Operation } from "../../../../node/http/openapi/operation.ts";
import { PROOF_PATHS } from "../../../../node/http/openapi/proofs.ts";
import { STATUS_LIST_PATHS } from "../../../../node/http/openapi/status-lists.ts";
import { pageAnswers } from "../../../../node/http/page/page.ts";
import { PROBLEM_CODES } from "../../../../node/http/problem.ts";
import { createApp } from "../../../../node/http/server/app.ts";
import { OPTION_NAMES } from "../../../../resolver/resolution/options.ts";
import { named, writeStage } from "../../../helpers/resolution-stage.ts";
import invalid from "../../../vectors/invalid/did-resolution.json" with { type: "json" };
import valid from "../../../vectors/valid/did-resolution.json" with { type: "json" };
import { ALICE, didOf, FOLLOWING, NETWORK, NOBODY, PATH, pathOf, reportOf, startTestNode } from "../harness.ts";
import { ask, type RawAnswer, requestText } from "../raw.ts";

const node = await startTestNode(
  { after },
  // Clients other than this machine have a share of no request at all.
  { limits: { requestTimeout: 300, headersTimeout: 300, checkInterval: 20, clientRequests: 0 } },
);
writeStage(node.writer);

const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(OPENAPI, "openapi");

const escaped = (part: string) => part.replaceAll("~", "~0").replaceAll("/", "~1");
const seen = new Set<string>();

/** Fails when a path's operation does not tell of an answer: its status, its media type, its body, its headers. */
function expectDocumented(path: string, method: "get" | "post", { status, headers, body }: RawAnswer): void {
  const operation: Operation | undefined = OPENAPI.paths[path]?.[method];
  assert.ok(operation, `${method} ${path}`);
  const response = operation.responses[String(status)];
  assert.ok(response, `${method} ${path} tells of no ${status}: ${body.slice(0, 300)}`);
  seen.add(`${method} ${path} ${status}`);
  if (body === "") return;
  const [type = ""] = (headers.get("content-type") ?? "").split(";");
  assert.ok(response.content?.[type], `${method} ${path} ${status} tells of no ${type}`);
  if (type === "text/html") return;
  const pointer = ["paths", path, method, "responses", String(status), "content", type, "schema"]
    .map(escaped)
    .join("/");
  const validate = ajv.getSchema(`openapi#/${pointer}`) ?? assert.fail(pointer);
  assert.ok(validate(JSON.parse(body)), `${path} ${status} ${type}: ${JSON.stringify(validate.errors)} in ${body}`);
}

const IDENTIFIER = "/1.0/identifiers/{identifier}";
const [LISTS = "", ...PARTS] = Object.keys(STATUS_LIST_PATHS);
const notAsked = () => Promise.reject(new Error("not asked"));
/** A type that this node does not know. */
const TYPE = `0x${"7".repeat(64)}`;
/** Paths that are what they are. */
const OTHERS = [
  ...["/1.0/methods", "/1.0/properties", "/1.0/testIdentifiers"],
  ...["/health", "/ready", "/status", "/network", "/openapi.json", "/docs"],
];
/** A list that this node does not know. */
const LIST = `0x${"1".repeat(40)}/0`;

test("the routes of the server and those of the description are the same", () => {
  const app = createApp({
    network: NETWORK,
    page: pageAnswers({ part: "public" }),
    trust: { types: notAsked, type: notAsked, tree: notAsked, accreditations: notAsked, issuer: notAsked },
    document: notAsked,
    changes: { json: notAsked, atom: notAsked },
    report: () => reportOf(FOLLOWING),
    digest: notAsked,
    attestations: { newest: () => undefined, at: () => undefined },
    bundle: notAsked,
    examples: notAsked,
    onFault: () => undefined,
  });
  const routes = app.router.stack.flatMap(({ route }) => (route === undefined ? [] : [String(route.path)]));
  const own = routes.map((path) =>
    /digests|attestations/.test(path)
      ? `/${/digests|attestations/.exec(path)?.[0]}/{block}`
      : path.replace(/:(\w+)/, (_, name) => `{${name}}`),
  );
  // These are answered before express sees them.
  const others = [IDENTIFIER, ...Object.keys(PROOF_PATHS), ...Object.keys(STATUS_LIST_PATHS)];
  assert.deepEqual([...own, ...others].sort(), Object.keys(OPENAPI.paths).sort());
});

test("every described operation is answered, every other method of it is 405", async () => {
  for (const [path, item] of Object.entries(OPENAPI.paths)) {
    const url = path
      .replace("{identifier}", didOf(ALICE))
      .replace("{block}", path.includes("attestations") ? "newest" : "finalized")
      .replace("{issuer}/{number}", LIST)
      .replace("{id}", TYPE)
      .replace("{did}", didOf(ALICE));
    for (const method of ["GET", "POST", "PUT", "DELETE", "PATCH"]) {
      const { status, text } = await node.get(url, {}, method);
      const isDescribed = method.toLowerCase() in item;
      assert.equal(status === 405, !isDescribed, `${method} ${path}: ${status}`);
      // Of a list, a type, a block or a file of the page that is not there it says so: the route is.
      if (status === 404) assert.match(text, /"(?:LIST_NOT_FOUND|TYPE_NOT_FOUND|NOT_ATTESTED|NO_PAGE)"/, url);
    }
    const [get, head] = [await node.get(url), await node.get(url, {}, "HEAD")];
    assert.deepEqual([head.status, head.text], [get.status, ""]);
    assert.equal((await node.get(url, {}, "OPTIONS")).status, 204);
  }
});

test("every answer to a conformance row is described, with its media type and its body", async () => {
  for (const row of [...valid, ...invalid] as { target: string; accept?: string | null; body?: unknown }[]) {
    const text = row.body === undefined ? "" : JSON.stringify(row.body);
    const { accept = "*/*" } = row;
    const headers = {
      ...(accept !== null && { accept }),
      ...(row.body !== undefined && { "content-length": String(Buffer.byteLength(text)) }),
    };
    const method = row.body === undefined ? "GET" : "POST";
    const answer = await ask(node.port, `${requestText(`${PATH}${named(row.target)}`, { method, headers })}${text}`);
    expectDocumented(IDENTIFIER, row.body === undefined ? "get" : "post", answer ?? assert.fail("no answer"));
  }
});

test("every answer to what is rarer is described", async () => {
  const rarer: [path: string, method: "get" | "post", request: string][] = [
    [IDENTIFIER, "get", requestText(`${pathOf(ALICE)}?versionId=9`)],
    [IDENTIFIER, "get", requestText(pathOf(ALICE), { headers: { "if-none-match": "*" } })],
    [IDENTIFIER, "get", requestText(`${PATH}${"x".repeat(4_096)}`)],
    [IDENTIFIER, "get", requestText(pathOf(ALICE), { headers: { x: "x".repeat(17_000) } })],
    [IDENTIFIER, "get", requestText(pathOf(NOBODY), { headers: { accept: "text/html" } })],
    [IDENTIFIER, "get", `GET ${pathOf(ALICE)} HTTP/1.1\r\n`],
    [IDENTIFIER, "get", "GET / HTTP/9\r\n\r\n"],
    [
      IDENTIFIER,
      "post",
      `${requestText(pathOf(ALICE), { method: "POST", headers: { "content-length": "9000" } })}${" ".repeat(9_000)}`,
    ],
    ["/proofs/dids/{did}", "get", requestText(`/proofs/dids/${didOf(ALICE)}`)],
    ["/proofs/dids/{did}", "get", requestText("/proofs/dids/did:mapae:local:0xA")],
    ["/proofs/dids/{did}", "get", requestText(`/proofs/dids/did:mapae:gov-00000000:${ALICE}`)],
    ["/proofs/dids/{did}", "get", requestText(`/proofs/dids/${didOf(ALICE)}/x`)],
    ["/proofs/accreditations/{did}", "get", requestText(`/proofs/accreditations/${didOf(ALICE)}`)],
    ["/proofs/accreditations/{did}", "get", requestText(`/proofs/accreditations/${didOf(ALICE)}?type=a:b&list=01`)],
    ["/proofs/status-lists/{issuer}/{number}", "get", requestText(`/proofs/status-lists/${LIST}?x=1`)],
    ["/proofs/status-lists/{issuer}/{number}", "get", requestText("/proofs/status-lists/1/2")],
    ["/digests/{block}", "get", requestText("/digests/1")],
    ["/digests/{block}", "get", requestText("/digests/x")],
    ["/attestations/{block}", "get", requestText("/attestations/1")],
    ["/attestations/{block}", "get", requestText("/attestations/x")],
    ["/health", "get", requestText("/health", { method: "PUT" })],
    ["/types", "get", requestText("/types")],
    ["/types", "get", requestText("/types", { headers: { "if-none-match": "*" } })],
    ["/types", "get", requestText("/types?page=2")],
    ["/types/{id}", "get", requestText(`/types/${TYPE}`)],
    ["/types/{id}", "get", requestText("/types/official-id")],
    ["/accreditations/{did}", "get", requestText(`/accreditations/${didOf(ALICE)}`)],
    ["/accreditations/{did}", "get", requestText(`/accreditations/${didOf(ALICE)}?type=${TYPE}&asOf=3`)],
    ["/accreditations/{did}", "get", requestText("/accreditations/did:mapae:local:0xA")],
    ["/accreditations/{did}", "get", requestText(`/accreditations/did:mapae:gov-00000000:${ALICE}`)],
    ["/accreditations/{did}", "get", requestText("/accreditations/did:web:example.org")],
    ["/accreditations/{did}", "get", requestText(`/accreditations/${didOf(ALICE)}?asOf=9999`)],
    ["/issuers/{did}", "get", requestText(`/issuers/${didOf(ALICE)}`)],
    ["/issuers/{did}", "get", requestText(`/issuers/${didOf(ALICE)}?type=${TYPE}`)],
    ["/issuers/{did}", "get", requestText("/issuers/did:mapae:local:0xA")],
    ["/issuers/{did}", "get", requestText(`/issuers/did:mapae:gov-00000000:${ALICE}`)],
    [LISTS, "get", requestText(LISTS)],
    ...PARTS.map((path): [string, "get", string] => [
      path,
      "get",
      requestText(path.replace("{issuer}/{number}", LIST)),
    ]),
    ...OTHERS.map((path): [string, "get", string] => [path, "get", requestText(path)]),
  ];
  for (const [path, method, request] of rarer) {
    expectDocumented(
      path,
      method,
      (await ask(node.port, request)) ?? assert.fail(`no answer to ${request.slice(0, 80)}`),
    );
  }
  const stranger = await ask(node.port, requestText(pathOf(ALICE)), "127.0.0.2");
  expectDocumented(IDENTIFIER, "get", stranger ?? assert.fail("no answer"));
  node.state = { kind: "halted", reason: "the chain was rewritten", code: "X" };
  expectDocumented("/ready", "get", (await ask(node.port, requestText("/ready"))) ?? assert.fail("no answer"));
  expectDocumented(IDENTIFIER, "get", (await ask(node.port, requestText(pathOf(ALICE)))) ?? assert.fail("no answer"));
  node.state = FOLLOWING;
});

test("no status of identifiers is described that no question gets, but that of another route or method", () => {
  const got = [...seen].filter((one) => one.startsWith(`get ${IDENTIFIER} `)).map((one) => one.slice(-3));
  const described = Object.keys(OPENAPI.paths[IDENTIFIER]?.get.responses ?? {});
  assert.deepEqual(
    described.filter((status) => !got.includes(status)),
    ["405"],
  );
});

test("a problem that is not described is not valid, so that this file can fail", () => {
  const validate = ajv.getSchema("openapi#/components/schemas/Problem") ?? assert.fail("no schema");
  const problem = { type: "about:blank", title: "a", status: 404, detail: "b", code: PROBLEM_CODES[0] };
  assert.equal(validate(problem), true);
  for (const other of [{ code: "OTHER" }, { type: "https://evil.example" }, { status: 200 }, { more: 1 }]) {
    assert.equal(validate({ ...problem, ...other }), false, JSON.stringify(other));
  }
});

test("no public route takes an index or the id of a credential: who adds a parameter has to say here what it asks for", () => {
  const operations = Object.values(OPENAPI.paths).flatMap((item) => Object.values(item) as Operation[]);
  const names = operations.flatMap(({ parameters = [] }) => parameters.map(nameOf));
  const known = {
    identifier: "a DID or DID URL",
    did: "the DID of an issuer",
    ...Object.fromEntries(OPTION_NAMES.map((name) => [name, "a version or part of a document"])),
    block: "a block",
    issuer: "an issuer's address",
    number: "a whole list",
    id: "a credential type",
    type: "a credential type",
    at: "a moment",
    asOf: "a block",
    file: "a file of the page",
    types: "credential types",
    since: "a block",
    list: "a whole list",
    kind: "what kind of subject",
    subject: "a DID, type, accreditation or whole list",
    before: "a place in the log",
    limit: "how many changes",
  };
  assert.deepEqual([...new Set(names)].sort(), Object.keys(known).sort());
  const bodies = operations.flatMap(({ requestBody }) => (requestBody === undefined ? [] : [requestBody]));
  assert.deepEqual(bodies, [OPENAPI.paths[IDENTIFIER]?.post?.requestBody]);
  assert.deepEqual(Object.keys(OPENAPI.components.schemas.Options.properties), OPTION_NAMES);
  // Each part of a path that a client fills in is one of these parameters.
  for (const [path, { get }] of Object.entries(OPENAPI.paths)) {
    const inPath = (get.parameters ?? []).filter((one) => (one as { in: string }).in === "path");
    assert.deepEqual(
      inPath.map(nameOf),
      [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
      path,
    );
  }
});

function nameOf(parameter: object): string {
  return (parameter as { name: string }).name;
}

test("the methods and properties are those of the network's descriptor", async () => {
  assert.deepEqual(JSON.parse((await node.get("/1.0/methods")).text), ["mapae"]);
  assert.deepEqual(JSON.parse((await node.get("/1.0/properties")).text), {
    network: "local",
    chainId: 31_337,
    genesisHash: NETWORK.genesisHash,
    descriptorVersion: 1,
    didRegistry: `0x${"5e".repeat(20)}`,
  });
});

test("/openapi.json is the description, and /docs shows all of it without a script or another host", async () => {
  assert.deepEqual(JSON.parse((await node.get("/openapi.json")).text), JSON.parse(JSON.stringify(OPENAPI)));
  const { text, headers } = await node.get("/docs");
  for (const path of Object.keys(OPENAPI.paths)) assert.ok(text.includes(`<code>${path}</code>`), path);
  for (const name of Object.keys(OPENAPI.components.schemas)) assert.ok(text.includes(`id="${name}"`), name);
  assert.doesNotMatch(text, /<td>(?:path|query)<\/td><td><\/td>/, "a parameter without a description");
  assert.doesNotMatch(text, /<script|<link|<img|src=|url\(|@import/);
  const [, style = ""] = /<style>(.*?)<\/style>/s.exec(text) ?? [];
  const digest = createHash("sha256").update(style).digest("base64");
  assert.equal(
    headers.get("content-security-policy"),
    `default-src 'none'; style-src 'sha256-${digest}'; frame-ancestors 'none'`,
  );
});
