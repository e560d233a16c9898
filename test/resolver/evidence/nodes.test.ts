import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { makeStatusJwt } from "../../../node/lists/make-token.ts";
import type { Fetch } from "../../../resolver/http/request.ts";
import { listLength } from "../../../resolver/status/list-bytes.ts";
import type { VerifierStep } from "../../../resolver/verifier/steps.ts";
import { verifier } from "../../../resolver/verifier/verifier.ts";
import type { SimulatedWrite } from "../../helpers/chain-simulator.ts";
import { DID, publish, SIZE } from "../../node/lists/served-node.ts";
import { GOOD, REVOKED, SUSPENDED, serveIssuer, TYPE } from "./served-issuer.ts";

const outcomes = (steps: readonly VerifierStep[]) =>
  Object.fromEntries(steps.map(({ step, outcome }) => [step, outcome]));

test("a verifier with nodes says of each credential what it is, with every question that it asked", async (t) => {
  const { issuer, other, wanted, network, urls, now } = await serveIssuer(t);
  const { verify } = verifier({ networks: [{ descriptor: network, nodes: urls }], now });
  const good = await verify(await issuer.sdJwt(wanted), { type: TYPE });
  assert.deepEqual([good.verdict, good.reason, good.nodes], ["valid", undefined, urls]);
  assert.deepEqual(outcomes(good.steps), {
    ...{ keyBinding: "notAsked", type: "valid", issuer: "valid", signature: "valid", dates: "valid", key: "valid" },
    ...{ accreditation: "valid", status: "valid", freshness: "valid" },
  });
  const reasonOf = async (text: string, options = {}) => (await verify(text, options)).reason;
  assert.equal(await reasonOf(await issuer.vcJwt(wanted)), undefined);
  assert.equal(await reasonOf(await issuer.vcJwt({ ...wanted, index: REVOKED })), "revoked");
  assert.equal(await reasonOf(await issuer.sdJwt({ ...wanted, index: SUSPENDED })), "suspended");
  assert.equal(await reasonOf(await issuer.sdJwt(wanted), { type: "https://types.example/1" }), "otherType");
  assert.equal(await reasonOf(await issuer.sdJwt({ ...wanted, type: "https://types.example/1" })), "notAccredited");
  assert.equal(await reasonOf(await issuer.sdJwt({ ...wanted, expiresAt: now() - 1 })), "credentialExpired");
  const [header, payload] = (await issuer.vcJwt(wanted)).split(".");
  const [, , signature] = (await other.vcJwt(wanted)).split(".");
  assert.equal(await reasonOf(`${header}.${payload}.${signature}`), "badSignature");
});

test("a verifier with nodes knows what a document does not show: a key that ran out stays good, a revoked one does not", async (t) => {
  const { issuer, other, wanted, network, urls, now, served, chain } = await serveIssuer(t);
  const { verify } = verifier({ networks: [{ descriptor: network, nodes: urls }], now });
  const mine = async (...writes: SimulatedWrite[]) => {
    chain.mine(writes);
    for (const one of served) {
      await one.node.settle();
      one.state.now = chain.tip.time;
    }
  };
  const text = await other.sdJwt(wanted);
  await mine(publish(other.signer, wanted.issuedAt + 1));
  await mine();
  const shown = await fetch(`${urls[0]}/1.0/identifiers/${DID}`, { headers: { accept: "application/did-resolution" } });
  const { didDocument } = (await shown.json()) as { didDocument: { assertionMethod: string[] } };
  assert.deepEqual(didDocument.assertionMethod, [issuer.signer.keyId]);
  assert.equal((await verify(text)).verdict, "valid");
  assert.equal((await verify(await other.sdJwt({ ...wanted, issuedAt: wanted.issuedAt + 3 }))).reason, "keyExpired");
  await mine(publish(other.signer, 0));
  assert.equal((await verify(text)).reason, "keyRevoked");
});

test("all of an issuer that nodes agree on is of one block; one that lies or is behind is outvoted or named", async (t) => {
  const { issuer, wanted, network, urls, now } = await serveIssuer(t, 3);
  const text = await issuer.sdJwt(wanted);
  const asked: string[] = [];
  const lying: Fetch = async (url, init) => {
    asked.push(url);
    const answer = await fetch(url, init);
    if (!url.startsWith(urls[0] ?? "") || !url.includes("/issuers/")) return answer;
    const body = (await answer.json()) as object;
    return Response.json({ ...body, history: [] }, { headers: answer.headers });
  };
  const nodes = { descriptor: network, nodes: urls, fetch: lying };
  const two = await verifier({ networks: [{ ...nodes, agreement: 2 }], now }).verify(text);
  assert.deepEqual([two.verdict, two.nodes], ["valid", urls.slice(1)]);
  assert.equal(asked.filter((url) => url.includes("/issuers/")).length, 3);
  assert.ok(asked.every((url) => !url.includes(String(wanted.index)) || url.includes("127.0.0.1")));
  const all = await verifier({ networks: [{ ...nodes, agreement: 3 }], now }).verify(text);
  assert.deepEqual([all.verdict, all.reason, all.problem?.code], ["unknown", "issuerUnavailable", "NODES_DISAGREE"]);
  const alone = await verifier({ networks: [nodes], now }).verify(text);
  assert.equal(alone.reason, "unknownIssuer");
});

test("what a node can't have read of the registries is no answer", async (t) => {
  const { issuer, wanted, network, urls, now } = await serveIssuer(t);
  const text = await issuer.sdJwt(wanted);
  const strange = `0x${"ab".repeat(32)}`;
  const changes: ((body: Record<string, never[]>) => object)[] = [
    () => ({ history: "none" }),
    ({ history = [] }) => ({ history: history.slice(1) }),
    ({ history = [] }) => ({ history: [...history, ...history] }),
    ({ lists = [] }) => ({ lists: lists.map((one: object) => ({ ...one, list: strange })) }),
    ({ grants = [] }) => ({ grants: grants.map((one: object) => ({ ...one, number: 7 })) }),
    () => ({ accepted: [strange] }),
  ];
  for (const [at, change] of changes.entries()) {
    const changed: Fetch = async (url, init) => {
      const answer = await fetch(url, init);
      const body = (await answer.json()) as Record<string, never[]>;
      return Response.json({ ...body, ...change(body) }, { headers: answer.headers });
    };
    const { verify } = verifier({ networks: [{ descriptor: network, nodes: urls, fetch: changed }], now });
    const { verdict, reason, problem } = await verify(text);
    assert.deepEqual([verdict, reason, problem?.code], ["unknown", "issuerUnavailable", "UNAVAILABLE"], String(at));
  }
});

/** A verifier of two nodes that have to agree, of which the second one states another block for the same content. */
function besideLiar(
  { network, urls }: Pick<Awaited<ReturnType<typeof serveIssuer>>, "network" | "urls">,
  asOf: string,
) {
  const lying: Fetch = async (url, init) => {
    const answer = await fetch(url, init);
    if (!url.startsWith(urls[1] ?? "") || !url.includes("/issuers/")) return answer;
    const headers = new Headers(answer.headers);
    headers.set("mapae-as-of", asOf);
    return new Response(answer.body, { headers });
  };
  return (now: () => number) =>
    verifier({ networks: [{ descriptor: network, nodes: urls, fetch: lying, agreement: 2 }], now });
}

test("of nodes that agree the earliest time counts: one that lies about its block can't make the others' knowledge look fresh", async (t) => {
  const stage = await serveIssuer(t, 2);
  const { issuer, wanted, chain, now } = stage;
  const { time } = chain.tip;
  const verifierAt = besideLiar(
    stage,
    `0 0x${"11".repeat(32)} ${new Date((time + 5_000) * 1_000).toISOString().slice(0, 19)}Z`,
  );
  const { staleness, nodes } = await verifierAt(() => now() + 5_000).verify(await issuer.sdJwt(wanted));
  assert.deepEqual([staleness, nodes], [now() + 5_000 - time, stage.urls]);
});

test("a node whose block has the time of no day could not be asked", async (t) => {
  const stage = await serveIssuer(t, 2);
  const verifierAt = besideLiar(stage, `1 0x${"11".repeat(32)} 2026-99-99T00:00:00Z`);
  const { verdict, reason } = await verifierAt(stage.now).verify(await stage.issuer.sdJwt(stage.wanted));
  assert.deepEqual([verdict, reason], ["unknown", "issuerUnavailable"]);
});

test("a status that Mapae's lists do not have is unknown, and never valid", async (t) => {
  const { issuer, wanted, network, urls, now, chain } = await serveIssuer(t);
  const bytes = new Uint8Array(listLength("token", SIZE));
  bytes[GOOD >> 2] = 3 << (2 * (GOOD & 3));
  const asOf = { ...chain.tip, finalizedBlock: chain.tip.number };
  const token = await makeStatusJwt({
    uri: wanted.listUri,
    asOf,
    compressed: deflateSync(bytes),
    signer: issuer.signer,
  });
  const served: Fetch = (url, init) =>
    url.includes("/status-lists/") ? Promise.resolve(new Response(token)) : fetch(url, init);
  const { verify } = verifier({ networks: [{ descriptor: network, nodes: urls, fetch: served }], fetch: served, now });
  const { verdict, reason, problem } = await verify(await issuer.sdJwt(wanted));
  assert.deepEqual([verdict, reason, problem?.code], ["unknown", "statusUnavailable", "STATUS_LIST_UNSUPPORTED"]);
  assert.equal((await verify(await issuer.sdJwt({ ...wanted, index: GOOD + 1 }))).verdict, "valid");
});

test("a list that is older than the verifier allows leaves the status unknown, and the problem has both ages", async (t) => {
  const { issuer, wanted, network, urls, now, chain } = await serveIssuer(t);
  const token = await makeStatusJwt({
    uri: wanted.listUri,
    asOf: { ...chain.tip, time: now() - 2_000, finalizedBlock: chain.tip.number },
    compressed: deflateSync(new Uint8Array(listLength("token", SIZE))),
    signer: issuer.signer,
  });
  const served: Fetch = (url, init) =>
    url.includes("/status-lists/") ? Promise.resolve(new Response(token)) : fetch(url, init);
  const verifierWith = (maxStaleness: number) =>
    verifier({ networks: [{ descriptor: network, nodes: urls, fetch: served }], fetch: served, now, maxStaleness });
  const card = await issuer.sdJwt(wanted);
  const { verdict, reason, problem } = await verifierWith(1_999).verify(card);
  assert.deepEqual([verdict, reason, problem?.code], ["unknown", "statusUnavailable", "STATUS_LIST_EXPIRED"]);
  assert.match(problem?.message ?? "", /is 2000 s old, wanted at most 1999 s$/);
  assert.equal((await verifierWith(2_000).verify(card)).verdict, "valid");
});
