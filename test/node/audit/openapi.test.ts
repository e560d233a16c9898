import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { createAuditApp } from "../../../node/audit/app.ts";
import { AUDIT_OPENAPI } from "../../../node/audit/openapi/openapi.ts";
import { keccak256Text } from "../../../resolver/primitives/keccak.ts";
import { dateTime } from "../../../resolver/resolution/resolve.ts";
import { simulatedGrant, simulatedList } from "../../helpers/chain-simulator.ts";
import { ask, requestText } from "../http/raw.ts";
import { ISSUER, status } from "../lists/served-node.ts";
import { AUDIENCE, AUDITOR, FOUNDING, startAuditedNode } from "./audited-node.ts";

const TYPE = keccak256Text("https://types.example/0");
const node = await startAuditedNode(
  { after },
  {
    first: [
      ...FOUNDING,
      { do: "type", type: 0 },
      { do: "grant", identity: 1, type: 0, parent: null },
      { do: "accept", identity: 1, type: 0, number: 0 },
      { do: "withdraw", identity: 1, type: 0, number: 0, from: 2 ** 48 - 1 },
      { do: "list", identity: 1, list: 0 },
      { do: "checkpoint", identity: 1, list: 0, from: 0, count: 1 },
      status(0, [1, 2, 3]),
      { do: "close", identity: 1, list: 0 },
      { do: "statusDelegate", identity: 1, value: 3, validTo: 4e9 },
      { do: "delegate", identity: 1, value: 3, validTo: 0 },
      { do: "attribute", identity: 1, value: 3, validTo: 4e9 },
      { do: "owner", identity: 1, value: 3 },
    ],
  },
);
const guarded = await startAuditedNode({ after }, { auditors: { dids: [AUDITOR], audience: AUDIENCE } });
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(AUDIT_OPENAPI, "openapi");
const seen = new Set<string>();
const escaped = (part: string) => part.replaceAll("~", "~0").replaceAll("/", "~1");

const CHANGES = "/audit/changes";
const STATUS = "/audit/status/{issuer}/{number}/{index}";
const TRUST = "/audit/trust";
const WRITERS = "/audit/writers/{kind}/{id}";
const at = dateTime(node.chain.tip.time);
const TRUST_QUERY = `?issuer=${ISSUER}&key=k&type=${TYPE}&at=${at}&list=${ISSUER}/0&index=1`;

test("the routes of the listener and those of the description are the same", () => {
  const app = createAuditApp({
    index: node.node.index,
    network: node.network,
    chain: node.chain,
    check: async () => undefined,
    expectFit: () => undefined,
    now: () => 0,
    onFault: () => undefined,
  });
  const routes = app.router.stack.flatMap(({ route }) => (route === undefined ? [] : [String(route.path)]));
  // The page is no part of the description.
  const described = routes
    .filter((path) => path.startsWith("/audit/"))
    .map((path) => path.replaceAll(/:(\w+)/g, "{$1}"));
  assert.deepEqual(described.sort(), Object.keys(AUDIT_OPENAPI.paths).sort());
});

test("every answer is described, with its media type and its body", async () => {
  const asked: [path: string, target: string, accept?: string | undefined, where?: typeof node][] = [
    [CHANGES, CHANGES],
    [CHANGES, `${CHANGES}?kind=did&subject=${ISSUER}&limit=1`],
    [CHANGES, CHANGES, "application/jsonl"],
    [CHANGES, CHANGES, "text/csv"],
    [CHANGES, CHANGES, "text/html"],
    [CHANGES, `${CHANGES}?x=1`],
    [CHANGES, `${CHANGES}?after=1-1-0123456789abcdef`],
    [CHANGES, CHANGES, undefined, guarded],
    [STATUS, `/audit/status/${ISSUER}/0/1`],
    [STATUS, `/audit/status/${ISSUER}/0/9`],
    [STATUS, `/audit/status/${ISSUER}/9/1`],
    [STATUS, `/audit/status/${ISSUER}/0/x`],
    [STATUS, `/audit/status/${ISSUER}/0/1?asOf=99999`],
    [TRUST, `${TRUST}${TRUST_QUERY}`],
    [TRUST, `${TRUST}${TRUST_QUERY}&asOf=0`],
    [TRUST, TRUST],
    [WRITERS, `/audit/writers/list/${simulatedList(1, 0)}`],
    [WRITERS, `/audit/writers/grant/${simulatedGrant({ identity: 1, type: 0 })}`],
    [WRITERS, `/audit/writers/type/${TYPE}`],
    [WRITERS, `/audit/writers/did/${ISSUER}`],
    [WRITERS, `/audit/writers/grant/${TYPE}`],
    ["/audit/openapi.json", "/audit/openapi.json"],
    ["/audit/openapi.json", `/audit/openapi.json?${"x".repeat(4_096)}`],
  ];
  for (const [path, target, accept, where = node] of asked) {
    const response = await where.get(target, accept === undefined ? {} : { accept });
    const text = await response.text();
    const name = `${path} ${response.status}`;
    seen.add(name);
    const described = AUDIT_OPENAPI.paths[path]?.get.responses[String(response.status)];
    assert.ok(described, `${name} is not described: ${text.slice(0, 200)}`);
    const [type = ""] = (response.headers.get("content-type") ?? "").split(";");
    assert.ok(described.content?.[type], `${name} tells of no ${type}`);
    assert.equal(response.headers.get("cache-control"), "no-store", name);
    assert.equal(response.headers.get("access-control-allow-origin"), null, name);
    if (type === "text/csv") continue;
    const pointer = ["paths", path, "get", "responses", String(response.status), "content", type, "schema"];
    const validate = ajv.getSchema(`openapi#/${pointer.map(escaped).join("/")}`) ?? assert.fail(name);
    const bodies = type === "application/jsonl" ? text.trimEnd().split("\n") : [text];
    for (const body of bodies) {
      assert.ok(validate(JSON.parse(body)), `${name} ${target}: ${JSON.stringify(validate.errors)} in ${body}`);
    }
  }
  const rare = ["405", "408", "429", "431", "500"];
  for (const [path, { get }] of Object.entries(AUDIT_OPENAPI.paths)) {
    const own = Object.keys(get.responses).filter((one) => !rare.includes(one) && !(one in SHARED));
    for (const one of own) assert(seen.has(`${path} ${one}`), `${path} is said to answer ${one}, and nothing did`);
  }
});

/** Statuses that each route may answer, and one of them did. */
const SHARED = { "400": 1, "401": 1, "403": 1, "414": 1, "503": 1, "404": 1 };

test("HEAD is GET without a body, and every other method is refused", async () => {
  const paths = [CHANGES, `/audit/status/${ISSUER}/0/1`, `${TRUST}${TRUST_QUERY}`, `/audit/writers/did/${ISSUER}`];
  for (const path of [...paths, "/audit/openapi.json"]) {
    const head = await fetch(`${node.url}${path}`, { method: "HEAD" });
    assert.deepEqual([head.status, await head.text()], [200, ""]);
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
      const response = await fetch(`${node.url}${path}`, { method });
      assert.deepEqual([response.status, response.headers.get("allow")], [405, "GET, HEAD"], `${method} ${path}`);
    }
  }
  const head = await fetch(`${node.url}${CHANGES}`, { method: "HEAD", headers: { accept: "text/csv" } });
  assert.deepEqual([head.status, head.headers.get("content-type")], [200, "text/csv; charset=utf-8"]);
});

test("a body that does not fit its schema is not valid, so that this file can fail", async () => {
  const validate = ajv.getSchema("openapi#/components/schemas/Page") ?? assert.fail("no schema");
  const page = await node.json(CHANGES);
  assert.equal(validate(page), true);
  for (const other of [{ more: 1 }, { next: 1 }, { roots: {} }, { changes: [{}] }, { asOf: undefined }]) {
    assert.equal(validate(JSON.parse(JSON.stringify({ ...page, ...other }))), false, JSON.stringify(other));
  }
});

test("while the node is not fit it answers 503, and never an absence", async () => {
  const halted = await startAuditedNode({ after });
  halted.chain.lag = 1;
  halted.node.progress.state = () => ({ kind: "halted", reason: "the chain was rewritten", code: "X" });
  for (const path of [CHANGES, `/audit/status/${ISSUER}/9/1`, `/audit/writers/grant/${TYPE}`]) {
    const { code } = await halted.json(path, 503);
    assert.equal(code, "UNAVAILABLE");
  }
});

test("the public listener has no route of the audit listener, nor this one a public route", async () => {
  for (const path of [
    "/health",
    "/status",
    "/status-lists",
    `/1.0/identifiers/did:mapae:local:${ISSUER}`,
    "/metrics",
  ]) {
    assert.equal((await node.get(path)).status, 404, path);
  }
  const { port } = new URL(node.url);
  const answer = await ask(Number(port), requestText("/audit/../health", { headers: { host: "localhost" } }));
  assert.equal(answer?.status, 404);
});
