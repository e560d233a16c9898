import assert from "node:assert/strict";
import { after, test } from "node:test";
import { formatDid } from "../../../resolver/did/did.ts";
import { getResolver } from "../../../resolver/get-resolver.ts";
import type { Fetch } from "../../../resolver/http/request.ts";
import type { KnownBlock } from "../../../resolver/proofs/asking/known-blocks.ts";
import type { ProofEnvelope } from "../../../resolver/proofs/envelope.ts";
import { verifier } from "../../../resolver/verifier/verifier.ts";
import { label } from "../../helpers/contracts.ts";
import { DAY, YEAR } from "../../helpers/grants.ts";
import { issuerOf } from "../../helpers/issue.ts";
import { name32 } from "../../helpers/keys.ts";
import { BASE_URI, change, REASON, TYPE_URI } from "../../helpers/registries.ts";
import { publicBytes } from "../../node/lists/served-node.ts";
import { lower, provingStage } from "../../node/proofs/proving-node.ts";

const stage = await provingStage({ after });
const { network, node, bodies, did } = stage;
const account = bodies.at(-1) ?? assert.fail();
const ISSUER = formatDid("local", stage.issuer);
const issuer = issuerOf(ISSUER);
await did
  .connect(account)
  .setAttribute(account.address, name32("did/pub/P256/veriKey"), publicBytes(issuer.signer), YEAR);
await stage.lists.update(stage.list, [change(0n, { suspend: 1n << 9n })], REASON);
await stage.settled();
const issuedAt = await stage.now();

/** Counts requests, and alters answers. */
function through(alter: (envelope: ProofEnvelope, path: string) => unknown = (envelope) => envelope) {
  const paths: string[] = [];
  const fetch: Fetch = async (url, init) => {
    const { pathname } = new URL(url);
    paths.push(pathname);
    const answer = await globalThis.fetch(url.replace(/127\.0\.0\.\d+/, "127.0.0.1"), init);
    const body = await answer.text();
    if (!answer.ok) return new Response(body, answer);
    const altered = JSON.stringify(alter(JSON.parse(body), url));
    return new Response(altered, { status: answer.status, headers: answer.headers });
  };
  return { paths, fetch };
}

async function now() {
  const time = await stage.now();
  return () => time;
}

async function resolve(
  didUrl: string,
  given: { fetch?: Fetch; known?: Map<string, KnownBlock>; nodes?: string[]; at?: number } = {},
) {
  const { fetch = globalThis.fetch, known, nodes = [node.url], at } = given;
  const clock = await now();
  const { mapae } = getResolver({
    networks: [{ descriptor: network, nodes, fetch }],
    proofs: "require",
    now: () => at ?? clock(),
    ...(known && { known }),
  });
  const [one = "", query] = didUrl.split("?", 2);
  return mapae(one, query === undefined ? {} : { query }, null, {});
}

const didOf = (address: string) => formatDid("local", lower(address));
const errorOf = ({ didResolutionMetadata }: Awaited<ReturnType<typeof resolve>>) => didResolutionMetadata.error;

test("a DID resolves as from the node itself, proven, at one request", async () => {
  const { fetch, paths } = through();
  const result = await resolve(ISSUER, { fetch });
  const trusting = getResolver({ networks: [{ descriptor: network, nodes: [node.url] }], now: await now() });
  const plain = await trusting.mapae(ISSUER, {}, null, {});
  assert.deepEqual(result.didDocument, plain.didDocument);
  assert.deepEqual(result.didDocumentMetadata, plain.didDocumentMetadata);
  assert.equal(result.didResolutionMetadata.proven, true);
  assert.deepEqual(paths, [`/proofs/dids/${ISSUER}`]);
});

test("what was never written, deactivated, an older version: each is proven", async () => {
  assert.equal(errorOf(await resolve(didOf(stage.stranger))), "notFound");
  const body = bodies[1] ?? assert.fail();
  await did.connect(body).setAttribute(body.address, label("a"), "0x01", DAY);
  const first = (await stage.newest()).number;
  await did.connect(body).setAttribute(body.address, label("b"), "0x01", DAY);
  await stage.settled();
  const older = await resolve(`${didOf(body.address)}?versionId=${first}`);
  assert.deepEqual(
    [older.didDocumentMetadata.versionId, older.didDocumentMetadata.nextVersionId],
    [String(first), String(first + 1)],
  );
  const early = await resolve(`${didOf(body.address)}?versionId=1`);
  assert.equal(errorOf(early), "notFound");
  const late = await resolve(`${didOf(body.address)}?versionId=99999`);
  assert.equal(errorOf(late), "unavailable");
});

test("a lying node is caught by name, and an honest one is asked after it", async () => {
  const lies: [alter: (envelope: ProofEnvelope) => unknown, error: string][] = [
    [(e) => ({ ...e, subjects: e.subjects.map((one) => ({ ...one, events: one.events.slice(1) })) }), "proofHistory"],
    [(e) => ({ ...e, subjects: e.subjects.map((one) => ({ ...one, events: [] })) }), "proofHistory"],
    [(e) => ({ ...e, subjects: [] }), "proofIncomplete"],
    [(e) => ({ ...e, network: "gov-00000000" }), "proofOtherNetwork"],
    [(e) => ({ ...e, attestations: [] }), "proofQuorum"],
    [(e) => ({ ...e, nodes: e.nodes.slice(1) }), "proofNodeMissing"],
    [() => ({ a: 1 }), "proofFormat"],
  ];
  for (const [alter, error] of lies) {
    const { fetch } = through(alter);
    assert.equal(errorOf(await resolve(ISSUER, { fetch })), error);
    // The liar is the first of two.
    const second = through((envelope, url) => (url.includes("127.0.0.2") ? alter(envelope) : envelope));
    const nodes = [node.url.replace("127.0.0.1", "127.0.0.2"), node.url];
    const result = await resolve(ISSUER, { fetch: second.fetch, nodes });
    assert.deepEqual([errorOf(result), second.paths.length], [undefined, 2]);
  }
  assert.equal(errorOf(await resolve(ISSUER, { at: issuedAt + 5_000 })), "proofStale");
  assert.equal(errorOf(await resolve(ISSUER, { at: issuedAt - 5_000 })), "proofFuture");
});

test("another DID's good proof proves nothing of the one that is asked for", async () => {
  const other = await (await stage.get(`/proofs/dids/${didOf(stage.stranger)}`)).json();
  const { fetch } = through(() => other);
  assert.equal(errorOf(await resolve(ISSUER, { fetch })), "proofIncomplete");
});

test("a verifier never goes back: an older block is refused once a newer one was proven, and so is another of its height", async () => {
  const old = await (await stage.get(`/proofs/dids/${ISSUER}`)).json();
  await stage.lists.update(stage.list, [change(0n, { suspend: 1n << 10n })], REASON);
  await stage.settled();
  const known = new Map<string, KnownBlock>();
  assert.equal(errorOf(await resolve(ISSUER, { known })), undefined);
  const { number, hash } = known.get("local") ?? assert.fail();
  assert.equal(number, (await stage.newest()).number);
  const { fetch } = through(() => old);
  assert.equal(errorOf(await resolve(ISSUER, { fetch, known })), "proofOlder");
  assert.equal(errorOf(await resolve(ISSUER, { fetch })), undefined, "who knows nothing takes what is fresh enough");
  known.set("local", { number, hash: `0x${"12".repeat(32)}` });
  assert.equal(errorOf(await resolve(ISSUER, { known })), "proofFork");
  // What is kept as JSON goes on being known.
  const kept = new Map<string, KnownBlock>(JSON.parse(JSON.stringify([["local", { number: number + 1, hash }]])));
  assert.equal(errorOf(await resolve(ISSUER, { known: kept })), "proofOlder");
});

test("proofs are asked of nodes, one of which is enough", () => {
  const nodes = ["https://a.example", "https://b.example"];
  const chain = "http://127.0.0.1:8545";
  for (const given of [
    { descriptor: network, chain },
    { descriptor: network, nodes, agreement: 2 },
  ]) {
    assert.throws(() => getResolver({ networks: [given], proofs: "require" }), { code: "RESOLVER_OPTIONS" });
    assert.throws(() => verifier({ networks: [given], proofs: "require" }), { code: "RESOLVER_OPTIONS" });
  }
});

const credential = (index: number, type = TYPE_URI) =>
  issuer.sdJwt({ type, issuedAt, listUri: `${BASE_URI}/0`, index });

async function verdict(text: string, fetch: Fetch = globalThis.fetch) {
  const clock = await now();
  const { verify } = verifier({
    networks: [{ descriptor: network, nodes: [node.url], fetch }],
    proofs: "require",
    now: clock,
    fetch,
  });
  const { verdict: said, reason, problem } = await verify(text);
  return [said, reason, (problem as { code?: string } | undefined)?.code].filter((one) => one !== undefined).join(" ");
}

test("a credential is judged by proofs alone, its list included, at one request", async () => {
  const { fetch, paths } = through();
  assert.equal(await verdict(await credential(1), fetch), "valid");
  assert.deepEqual(paths, [`/proofs/accreditations/${ISSUER}`]);
  assert.equal(await verdict(await credential(0)), "invalid revoked");
  assert.equal(await verdict(await credential(9)), "invalid suspended");
  assert.equal(await verdict(await credential(1, "https://types.example/other")), "invalid notAccredited");
});

test("a node that hides an accreditation, a revocation or a list is caught: nobody can say, by name", async () => {
  const without = (kind: string) =>
    through((e) => ({ ...e, subjects: e.subjects.filter((one) => one.kind !== kind) })).fetch;
  const text = await credential(0);
  for (const kind of ["grant", "list", "did", "type"]) {
    assert.equal(await verdict(text, without(kind)), "unknown notProven PROOF_INCOMPLETE", kind);
  }
  const unrevoked = through((e) => ({
    ...e,
    subjects: e.subjects.map((one) => (one.kind === "list" ? { ...one, events: one.events.slice(0, 1) } : one)),
  }));
  assert.equal(await verdict(text, unrevoked.fetch), "unknown notProven PROOF_HISTORY");
  const unproven = through((e) => ({ ...e, accreditations: [] }));
  assert.equal(await verdict(text, unproven.fetch), "unknown notProven PROOF_INCOMPLETE");
  const repeated = through((e) => ({
    ...e,
    accreditations: [...(e.accreditations ?? []), ...(e.accreditations ?? [])],
  }));
  assert.equal(await verdict(text, repeated.fetch), "unknown notProven PROOF_FORMAT");
  const ends = through((e) => ({ ...e, identities: [] }));
  assert.equal(await verdict(text, ends.fetch), "unknown notProven PROOF_INCOMPLETE");
});

test("a credential whose status is at another URI than its issuer's list of that number is not judged by that list", async () => {
  const elsewhere = await issuer.sdJwt({ type: TYPE_URI, issuedAt, listUri: "https://elsewhere.example/0", index: 1 });
  assert.equal(await verdict(elsewhere), "unknown statusUnavailable STATUS_LIST_URI");
});
