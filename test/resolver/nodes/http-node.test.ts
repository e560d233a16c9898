import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { type DIDResolutionResult, Resolver } from "did-resolver";
import { getResolver } from "../../../resolver/get-resolver.ts";
import { httpNode, MAX_NODE_ANSWER_BYTES } from "../../../resolver/nodes/http-node.ts";
import { ALICE, didOf, key, NETWORK, pathOf, START, service, startTestNode } from "../../node/http/harness.ts";

/** A server that does as it likes; gives its URL. */
async function startServer(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function resolve(url: string, { did = didOf(ALICE), timeout = 10_000 } = {}): Promise<DIDResolutionResult> {
  const networks = [{ descriptor: NETWORK, nodes: [url], timeout }];
  return new Resolver(getResolver({ networks, now: () => START })).resolve(did);
}

/** What a node answers about Alice, who has a key and a service. */
async function honestAnswer(t: TestContext): Promise<string> {
  const node = await startTestNode(t);
  node.writer.block(START, key(ALICE, 1), service(ALICE, "https://alice.example"));
  return (await node.get(pathOf(ALICE), { accept: "application/did-resolution" })).text;
}

function assertCouldNotAsk({ didResolutionMetadata, didDocument }: DIDResolutionResult, message: RegExp): void {
  assert.equal(didResolutionMetadata.error, "unavailable");
  assert.match(didResolutionMetadata.message ?? "", message);
  assert.equal(didDocument, null);
}

test("a media type that a node claims does not count, its JSON does", async (t) => {
  const honest = await honestAnswer(t);
  const url = await startServer(t, (_, response) => {
    response.setHeader("content-type", "text/html").end(honest);
  });
  assert.equal((await resolve(url)).didDocument?.service?.[0]?.serviceEndpoint, "https://alice.example");
});

test("a redirect is not followed", async (t) => {
  let followed = false;
  const other = await startServer(t, (_, response) => {
    followed = true;
    response.end();
  });
  const url = await startServer(t, ({ url }, response) => {
    response.writeHead(302, { location: `${other}${url}` }).end();
  });
  assertCouldNotAsk(await resolve(url), /redirect/);
  assert.equal(followed, false);
});

test("an answer without end is not read to its end", async (t) => {
  const url = await startServer(t, (request, response) => {
    const more = () => {
      while (!request.destroyed && response.write(" ".repeat(65_536)));
    };
    response.on("drain", more);
    more();
  });
  assertCouldNotAsk(await resolve(url), new RegExp(`longer than ${MAX_NODE_ANSWER_BYTES} bytes`));
});

test("a node that begins to answer and does not go on could not be asked", async (t) => {
  const url = await startServer(t, (_, response) => {
    response.write("{");
  });
  assertCouldNotAsk(await resolve(url, { timeout: 100 }), /timeout/);
});

test("a node that can't be reached could not be asked, and is named by its origin alone", async (t) => {
  const url = await startServer(t, () => undefined);
  const { port } = new URL(url);
  const gone = `http://user:hunter2@127.0.0.1:${port}/path?k3y`;
  const result = await resolve(gone, { timeout: 50 });
  assertCouldNotAsk(result, new RegExp(`^Could not ask the node at http://127\\.0\\.0\\.1:${port}: `));
  assert.doesNotMatch(result.didResolutionMetadata.message ?? "", /user|hunter2|k3y|path/);
});

test("a user and a password in a URL are sent as basic authentication, below the path of the URL", async (t) => {
  const honest = await honestAnswer(t);
  const seen: unknown[] = [];
  const url = await startServer(t, ({ url, headers: { authorization, accept } }, response) => {
    seen.push(url, authorization, accept);
    response.end(honest);
  });
  const result = await resolve(`${url.replace("//", "//user:pass@")}/mapae/`);
  assert.equal(result.didDocument?.id, didOf(ALICE));
  assert.deepEqual(seen, [`/mapae${pathOf(ALICE)}`, `Basic ${btoa("user:pass")}`, "application/did-resolution"]);
});

interface Sent {
  status: number;
  body: string;
}

/** Changes one text of an honest answer, which has to be in it. */
const replacing =
  (from: string, to: string) =>
  ({ body }: Sent): Partial<Sent> => {
    assert(body.includes(from), from);
    return { body: body.replace(from, to) };
  };
const problem = (code: string, status: number) => (): Sent => {
  const error = { type: `https://www.w3.org/ns/did#${code}`, title: "", status, detail: "no", code };
  const result = { didDocument: null, didDocumentMetadata: {}, didResolutionMetadata: { error } };
  return { status, body: JSON.stringify(result) };
};

const LIES: Record<string, (honest: Sent) => Partial<Sent>> = {
  "the document of another DID": replacing(`"id":"${didOf(ALICE)}"`, `"id":"${didOf(`0x${"b0".repeat(20)}`)}"`),
  "a key of another DID": replacing(`"id":"${didOf(ALICE)}#`, '"id":"did:mapae:local:0xb0#'),
  "a method that another DID controls": replacing(`"controller":"${didOf(ALICE)}"`, '"controller":"did:web:evil"'),
  "a relationship to another DID's key": replacing(
    '"assertionMethod":[',
    '"assertionMethod":["did:web:evil.example#key",',
  ),
  "an account of another chain": replacing("eip155:31337:", "eip155:1:"),
  "a member that no document has": replacing('"verificationMethod":[', '"proof":{},"verificationMethod":['),
  "a private key": replacing('"kty":"OKP"', '"kty":"OKP","d":"AAAA"'),
  "a key without its coordinate": replacing('"x":"', '"x":"*'),
  "no block that it holds as of": replacing('"asOf":{', '"asof":{'),
  "a time that is none": replacing('"at":"2', '"at":"yesterday 2'),
  "another representation than was asked for": replacing('"contentType":"application/did"', '"contentType":"x"'),
  "a document, and that it is deactivated": replacing('"created"', '"deactivated":true,"created"'),
  "a document with the status of one that is gone": () => ({ status: 410 }),
  "a document with the status of an error": () => ({ status: 500 }),
  "no document, without a reason": () => ({ body: '{"didDocument":null}' }),
  "not modified, though nothing was kept": () => ({ status: 304, body: "" }),
  "a list": () => ({ body: "[]" }),
  null: () => ({ body: "null" }),
  "half of its answer": ({ body }) => ({ body: body.slice(0, body.length / 2) }),
  "a page in HTML with status 404": () => ({ status: 404, body: "<html>Not found</html>" }),
  "a document that has a member twice": ({ body }) => ({ body: body.replace("{", '{"didDocument":null,') }),
  "JSON of somebody else with status 404": () => ({ status: 404, body: '{"error":"notFound"}' }),
  "no route": () => ({ status: 404, body: '{"type":"about:blank","code":"NO_ROUTE","status":404,"detail":"no"}' }),
  "that there is no such DID, with status 200": () => ({ ...problem("NOT_FOUND", 404)(), status: 200 }),
  "that the network is not served": problem("FEATURE_NOT_SUPPORTED", 501),
  "that the DID is invalid": problem("INVALID_DID", 400),
  "that it failed": problem("INTERNAL_ERROR", 500),
};

for (const [what, alter] of Object.entries(LIES)) {
  test(`a node that answers ${what} could not be asked`, async (t) => {
    const honest: Sent = { status: 200, body: await honestAnswer(t) };
    const { status, body } = { ...honest, ...alter(honest) };
    const url = await startServer(t, (_, response) => response.writeHead(status).end(body));
    assertCouldNotAsk(await resolve(url), /^Could not ask the node at http:\/\/127\.0\.0\.1:\d+: it answered /);
  });
}

test("an answer that is altered in nothing is taken, and that there is no such DID too", async (t) => {
  const body = await honestAnswer(t);
  const honest = await startServer(t, (_, response) => response.end(body));
  assert.equal((await resolve(honest)).didDocument?.id, didOf(ALICE));
  const none = problem("NOT_FOUND", 404)();
  const empty = await startServer(t, (_, response) => response.writeHead(none.status).end(none.body));
  assert.equal((await resolve(empty)).didResolutionMetadata.error, "notFound");
});

test("an answer of a JSON route that is nested deeper than any answer is not parsed", async (t) => {
  const asOf = { "mapae-as-of": `1 0x${"11".repeat(32)} 2026-11-30T00:00:00Z`, "mapae-finalized": "true" };
  const url = await startServer(t, (request, response) => {
    const depth = Number(request.url?.slice(1));
    response.writeHead(200, asOf).end(`${"[".repeat(depth)}${"]".repeat(depth)}`);
  });
  const node = httpNode({ url, chainId: 1, timeout: 10_000, fetch });
  assert.ok((await node.get("/64")).body);
  await assert.rejects(node.get("/65"), { code: "UNAVAILABLE" });
});
