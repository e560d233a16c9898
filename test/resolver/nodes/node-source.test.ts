import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type DIDResolutionResult, Resolver } from "did-resolver";
import { getResolver, type NetworkBehindNodes } from "../../../resolver/get-resolver.ts";
import { DEMOTION_SECONDS } from "../../../resolver/http/preference.ts";
import type { Fetch } from "../../../resolver/http/request.ts";
import { MAX_CLOCK_LAG } from "../../../resolver/nodes/node-source.ts";
import {
  ALICE,
  BOB,
  deactivation,
  didOf,
  key,
  NETWORK,
  NOBODY,
  pathOf,
  START,
  service,
  startTestNode,
  type TestNode,
} from "../../node/http/harness.ts";

type Wanted = Partial<Omit<NetworkBehindNodes, "descriptor">>;

/** Nodes that know the same, as a verifier sees them; `asked` tells which were, by number, since it was called last. */
async function startNodes(t: TestContext, count: number, wanted: Wanted = {}) {
  const nodes: TestNode[] = [];
  for (let one = 0; one < count; one++) {
    const node = await startTestNode(t);
    node.writer.block(START, key(ALICE, 1), service(ALICE, "https://alice.example"));
    nodes.push(node);
  }
  const asked: number[] = [];
  const answers: Response[] = [];
  const state = { now: START };
  const counting: Fetch = async (url, init) => {
    asked.push(nodes.findIndex((node) => url.startsWith(`${node.url}/`)));
    const response = await fetch(url, init as RequestInit);
    answers.push(response);
    return response;
  };
  const urls = nodes.map((node) => node.url);
  const network = { descriptor: NETWORK, nodes: urls, fetch: counting, ...wanted };
  const resolver = new Resolver(getResolver({ networks: [network], now: () => state.now }));
  return Object.assign(state, {
    nodes,
    urls,
    answers,
    resolve: (did = didOf(ALICE), options = {}) => resolver.resolve(did, options),
    asked: () => asked.splice(0),
  });
}

function unfit(node: TestNode | undefined): void {
  assert(node);
  node.state = { kind: "halted", reason: "a test wants it", code: "TEST" };
}

function errorOf({ didResolutionMetadata, didDocument }: DIDResolutionResult): unknown {
  assert.equal(didDocument, null);
  return didResolutionMetadata.error;
}

for (const accept of ["application/did", "application/did+ld+json", "application/did+json"]) {
  test(`a document has the same bytes as the node gives it in ${accept}`, async (t) => {
    const { nodes, resolve } = await startNodes(t, 1);
    const { didDocument, didResolutionMetadata } = await resolve(didOf(ALICE), { accept });
    const direct = await nodes[0]?.get(pathOf(ALICE), { accept });
    assert.equal(JSON.stringify(didDocument), direct?.text);
    assert.equal(didResolutionMetadata.contentType, accept);
  });
}

test("a result says as of which block it holds, at which moment, and which node said so", async (t) => {
  const { nodes, urls, resolve } = await startNodes(t, 1);
  const { didDocumentMetadata, didResolutionMetadata } = await resolve();
  const direct = JSON.parse((await nodes[0]?.get(pathOf(ALICE), { accept: "application/did-resolution" }))?.text ?? "");
  assert.deepEqual(didDocumentMetadata, direct.didDocumentMetadata);
  assert.deepEqual(didResolutionMetadata, {
    ...direct.didResolutionMetadata,
    contentType: "application/did+ld+json",
    nodes: urls,
  });
});

test("an older version, a deactivated DID and one that was never written are answered as the node does", async (t) => {
  const { nodes, resolve } = await startNodes(t, 1);
  nodes[0]?.writer.block(START + 5, service(ALICE, "https://new.example"), deactivation(BOB), key(BOB, 2));
  const older = await resolve(`${didOf(ALICE)}?versionId=1`);
  assert.equal(older.didDocumentMetadata.nextVersionId, "2");
  const byTime = await resolve(`${didOf(ALICE)}?versionTime=2025-06-15T15:06:42Z`);
  assert.deepEqual(byTime.didDocument, older.didDocument);
  const gone = await resolve(didOf(BOB));
  assert.equal(gone.didDocument, null);
  assert.equal(gone.didDocumentMetadata.deactivated, true);
  assert.equal(gone.didResolutionMetadata.error, undefined);
  assert.equal(errorOf(await resolve(didOf(NOBODY))), "notFound");
  assert.equal(errorOf(await resolve(`${didOf(ALICE)}?versionTime=2099-01-01T00:00:00Z`)), "invalidOptions");
  assert.equal(errorOf(await resolve(`${didOf(ALICE)}?versionId=9`)), "unavailable");
});

test("what a node can't be asked is never sent to one", async (t) => {
  const { resolve, asked } = await startNodes(t, 1);
  assert.equal(errorOf(await resolve("did:mapae:local:0xABC")), "invalidDid");
  assert.equal(
    errorOf(await resolve("did:mapae:gov-00000000:0x0000000000000000000000000000000000000001")),
    "featureNotSupported",
  );
  assert.equal(errorOf(await resolve(`${didOf(ALICE)}?versionId=x`)), "invalidOptions");
  assert.deepEqual(asked(), []);
});

test("a node is asked each time, sends what changed only, and says as of which newer block that holds", async (t) => {
  const { nodes, resolve, answers } = await startNodes(t, 1);
  const first = await resolve();
  nodes[0]?.writer.block(START + 5);
  const second = await resolve();
  nodes[0]?.writer.block(START + 10, service(ALICE, "https://new.example"));
  const third = await resolve();
  const fresh = await resolve(`${didOf(ALICE)}?noCache=true`);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 304, 200, 200],
  );
  assert.deepEqual(second.didDocument, first.didDocument);
  const blocks = [first, second, third].map(({ didResolutionMetadata }) => didResolutionMetadata.asOf.block);
  assert.deepEqual(blocks, [1, 2, 3]);
  assert.equal(third.didDocument?.service?.[0]?.serviceEndpoint, "https://new.example");
  assert.deepEqual(fresh.didDocument, third.didDocument);
});

test("a 304 is told as stale when the node is", async (t) => {
  const { nodes, resolve, answers } = await startNodes(t, 1);
  await resolve();
  const [node] = nodes;
  assert(node);
  node.state = { kind: "stale", block: 1, refuse: false, reason: "a test wants it" };
  assert.equal((await resolve()).didResolutionMetadata.stale, true);
  assert.equal(answers.at(-1)?.status, 304);
  assert.equal(errorOf(await resolve(didOf(NOBODY))), "unavailable");
});

test("the next node is asked when one can't be, which is then left alone for a while", async (t) => {
  const state = await startNodes(t, 2);
  const { nodes, urls, resolve, asked } = state;
  await resolve();
  assert.deepEqual(asked(), [0]);
  unfit(nodes[0]);
  assert.deepEqual((await resolve()).didResolutionMetadata.nodes, [urls[1]]);
  assert.deepEqual(asked(), [0, 1]);
  state.now += DEMOTION_SECONDS - 1;
  await resolve();
  assert.deepEqual(asked(), [1]);
  state.now += 1;
  await resolve();
  assert.deepEqual(asked(), [0, 1]);
});

test("when none can be asked, each was asked once, and the DID is not said to be absent", async (t) => {
  const { nodes, urls, resolve, asked } = await startNodes(t, 3);
  nodes.forEach(unfit);
  for (const address of [ALICE, NOBODY]) {
    const result = await resolve(didOf(address));
    assert.equal(errorOf(result), "unavailable");
    for (const url of urls) assert(result.didResolutionMetadata.message?.includes(url));
    assert.deepEqual(asked(), [0, 1, 2]);
  }
});

test("a node whose clock is behind is not relied on for the newest version, since a key may have run out", async (t) => {
  const state = await startNodes(t, 2);
  const [behind, exact] = state.nodes;
  assert(behind && exact);
  state.now = exact.now = START + MAX_CLOCK_LAG + 1;
  assert.deepEqual((await state.resolve()).didResolutionMetadata.nodes, [exact.url]);
  state.now = START + MAX_CLOCK_LAG;
  const again = new Resolver(
    getResolver({ networks: [{ descriptor: NETWORK, nodes: [behind.url] }], now: () => state.now }),
  );
  assert((await again.resolve(didOf(ALICE))).didDocument);
});

test("so many as have to agree are asked at once, and all of them are named", async (t) => {
  const { urls, resolve, asked } = await startNodes(t, 3, { agreement: 2 });
  const { didResolutionMetadata } = await resolve();
  assert.deepEqual(asked(), [0, 1]);
  assert.deepEqual(didResolutionMetadata.nodes, urls.slice(0, 2));
});

test("nodes at different blocks agree, and the answer holds as of the oldest, stale if one is", async (t) => {
  const { nodes, urls, resolve } = await startNodes(t, 2, { agreement: 2 });
  const [first, second] = nodes;
  assert(first && second);
  first.writer.block(START + 5);
  second.state = { kind: "stale", block: 1, refuse: false, reason: "a test wants it" };
  const { didResolutionMetadata } = await resolve();
  assert.equal(didResolutionMetadata.asOf.block, 1);
  assert.equal(didResolutionMetadata.stale, true);
  assert.deepEqual(didResolutionMetadata.nodes, urls);
});

test("another node is asked in place of one that differs, or can't be asked", async (t) => {
  const { nodes, urls, resolve, asked } = await startNodes(t, 4, { agreement: 2 });
  nodes[0]?.writer.block(START, key(ALICE, 66));
  unfit(nodes[1]);
  const { didResolutionMetadata, didDocument } = await resolve();
  assert.deepEqual(didResolutionMetadata.nodes, [urls[2], urls[3]]);
  assert.equal(didDocument?.assertionMethod?.length, 1);
  assert.deepEqual(asked().sort(), [0, 1, 2, 3]);
});

test("too few that agree are no answer: not a document, and not that there is none", async (t) => {
  const { nodes, urls, resolve } = await startNodes(t, 2, { agreement: 2 });
  nodes[0]?.writer.block(START, key(BOB, 66));
  for (const did of [didOf(BOB), didOf(ALICE)]) {
    if (did === didOf(ALICE)) nodes[1]?.writer.block(START, key(ALICE, 67));
    const result = await resolve(did);
    assert.equal(errorOf(result), "nodesDisagree");
    for (const url of urls) assert(result.didResolutionMetadata.message?.includes(url));
  }
  assert.equal(errorOf(await resolve(didOf(NOBODY))), "notFound");
});

test("one that answers where two have to agree is no answer", async (t) => {
  const { nodes, resolve } = await startNodes(t, 2, { agreement: 2 });
  unfit(nodes[1]);
  for (const address of [ALICE, NOBODY]) {
    assert.equal(errorOf(await resolve(didOf(address))), "unavailable");
  }
});

test("an endpoint that is nested too deep to be compared is no answer, and other nodes are asked in its place", async (t) => {
  const { urls } = await startNodes(t, 3);
  const deep = `${'{"1":'.repeat(5_000)}1${"}".repeat(5_000)}`;
  const lying: Fetch = async (url, init) => {
    const response = await fetch(url, init as RequestInit);
    if (!url.startsWith(`${urls[0]}/`)) return response;
    const text = (await response.text()).replace('"https://alice.example"', deep);
    return new Response(text, { status: response.status });
  };
  const resolve = (nodes: readonly string[], agreement: number) => {
    const networks = [{ descriptor: NETWORK, nodes, agreement, fetch: lying }];
    return new Resolver(getResolver({ networks, now: () => START })).resolve(didOf(ALICE));
  };
  assert.deepEqual((await resolve(urls, 2)).didResolutionMetadata.nodes, urls.slice(1));
  assert.equal(errorOf(await resolve(urls.slice(0, 1), 1)), "unavailable");
});

const UNUSABLE: Record<string, Wanted> = {
  "no node": { nodes: [] },
  "a node twice": { nodes: ["https://a.example", "https://a.example/"], agreement: 2 },
  "a node twice, once with a dot behind its name": {
    nodes: ["https://a.example", "https://a.example./"],
    agreement: 2,
  },
  "another scheme": { nodes: ["file:///etc/passwd"] },
  "no URL": { nodes: ["https://"] },
  "an agreement of more nodes than there are": { nodes: ["https://a.example"], agreement: 2 },
  "an agreement of none": { nodes: ["https://a.example"], agreement: 0 },
  "an agreement of one and a half": { nodes: ["https://a.example", "https://b.example"], agreement: 1.5 },
};
for (const [what, wanted] of Object.entries(UNUSABLE)) {
  test(`a resolver is not made with ${what}`, () => {
    const network = { descriptor: NETWORK, nodes: [], ...wanted };
    assert.throws(() => getResolver({ networks: [network] }), { code: "RESOLVER_OPTIONS" });
  });
}
