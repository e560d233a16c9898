import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { ARTIFACTS } from "../../cli/deploy/artifacts.ts";
import { developmentAccount } from "../../cli/local/accounts.ts";
import { formatDid } from "../../resolver/did/did.ts";
import { getResolver } from "../../resolver/get-resolver.ts";
import type { Fetch } from "../../resolver/http/request.ts";
import { keccak256Text } from "../../resolver/primitives/keccak.ts";
import type { KnownBlock } from "../../resolver/proofs/asking/known-blocks.ts";
import type { ProofEnvelope } from "../../resolver/proofs/envelope.ts";
import { verifyEnvelope } from "../../resolver/proofs/verify-envelope.ts";
import { listIdOf } from "../../resolver/status/apply-status-event.ts";
import { standingOf } from "../../resolver/trust/accreditation.ts";
import { endsOf, temporaryFolder } from "../../scripts/rehearsal/ends.ts";
import { until } from "../../scripts/rehearsal/until.ts";
import { makeOperator } from "../helpers/operators.ts";
import { MINISTRY, TYPE_URI } from "./helpers/calls.ts";
import { seal, startConsortium } from "./helpers/consortium.ts";
import { deploy } from "./helpers/deploy.ts";
import { follow } from "./helpers/node.ts";
import { mined, signFor } from "./helpers/transactions.ts";

const [ALICE, BOB, NOBODY, CAROL, DAVE] = [2, 3, 4, 5, 6] as const;
/** Accounts that are accredited one below the other, at depths 1 to 4. */
const WAY = [MINISTRY, ALICE, CAROL, DAVE];
const DEPTH = 4;

test("on a Clique chain that two of three operators attest, every node proves its answers, and each lie of a node has its error code", async (t) => {
  const atEnd = endsOf(t);
  const folder = await temporaryFolder(atEnd);
  const validators = await startConsortium(folder, atEnd);
  const [first, second, third] = validators;
  await seal(first, second, third);
  const operators = ["행정안전부", "경찰청", "국세청"].map((name) => makeOperator(name));
  const deployed = await deploy(first, {
    artifacts: ARTIFACTS,
    folder,
    depth: DEPTH,
    operators: { all: operators, threshold: 2 },
  });
  const { network, calls } = deployed;
  const urls: string[] = [];
  for (const [number, { signer }] of operators.slice(0, 2).entries()) {
    const own = join(folder, `mapae-${number}`);
    await mkdir(own);
    const geth = validators[number] ?? assert.fail();
    const node = await follow({ folder: own, network, geth, peers: [...urls], signers: [signer] });
    atEnd(node.stop);
    urls.push(node.url);
  }
  const sign = signFor(first);
  const write = async (account: number, call: Parameters<typeof sign>[1]) => mined(first, await sign(account, call));
  await write(ALICE, calls.setService(ALICE, "https://a.example"));
  for (const [depth, account] of WAY.entries()) {
    if (depth === 0) continue;
    const above = WAY.slice(0, depth);
    await write(above.at(-1) as number, calls.grant(account, above));
    await write(account, calls.acceptGrant(account, above));
  }
  await write(ALICE, calls.setService(ALICE, "https://b.example"));
  await write(BOB, calls.setService(BOB, "https://bob.example"));
  await write(BOB, calls.deactivate(BOB));
  await write(MINISTRY, calls.revoke(5));
  const head = (await first.reader.header("latest"))?.number ?? assert.fail();

  // The second node collects the first one's attestations.
  const [, url = ""] = urls;
  await until("enough operators attested the newest writes", async () => {
    const answer = await fetch(`${url}/attestations/newest`);
    return ((await answer.json()) as { number?: number }).number !== undefined && (await numberAt(url)) >= head;
  });
  const now = () => Math.floor(Date.now() / 1_000);
  const didOf = (account: number) => formatDid(network.name, developmentAccount(account).address);
  const resolve = async (account: number, query = "", fetch: Fetch = globalThis.fetch) => {
    const options = { networks: [{ descriptor: network, nodes: [url], fetch }], proofs: "require", now } as const;
    return getResolver(options).mapae(didOf(account), { query }, null, {});
  };

  const alice = await resolve(ALICE);
  assert.match(JSON.stringify(alice.didDocument), /b\.example/, JSON.stringify(alice.didResolutionMetadata));
  assert.equal(alice.didResolutionMetadata.proven, true);
  const { versionId } = alice.didDocumentMetadata as { versionId: string };
  const older = await resolve(ALICE, `versionId=${Number(versionId) - 1}`);
  assert.match(JSON.stringify(older.didDocument), /a\.example/);
  assert.doesNotMatch(JSON.stringify(older.didDocument), /b\.example/);
  assert.equal((await resolve(BOB)).didDocumentMetadata.deactivated, true);
  assert.equal((await resolve(NOBODY)).didResolutionMetadata.error, "notFound");

  const typeId = keccak256Text(TYPE_URI);
  const proven = async (path: string) => {
    const envelope = await (await fetch(`${url}${path}`)).json();
    return verifyEnvelope(network, envelope, { now: now(), maxAge: 900 });
  };
  for (const [depth, account] of WAY.entries()) {
    const { state, asOf } = await proven(`/proofs/accreditations/${didOf(account)}?type=${typeId}`);
    const { address } = developmentAccount(account);
    const [grant, ...others] = state.acceptedGrants({ subject: address, typeId }) ?? [];
    const knowledge = {
      grant: (id: typeof typeId) => state.state("grant", id),
      deactivatedAt: (subject: typeof address) => state.deactivatedAt(subject),
    };
    const { holds, chain } = standingOf(knowledge, grant ?? assert.fail("no grant"), asOf.time);
    assert.deepEqual([holds, chain.length, others.length], [true, depth + 1, 0]);
  }
  const none = await proven(`/proofs/accreditations/${didOf(NOBODY)}?type=${typeId}`);
  assert.deepEqual(none.state.acceptedGrants({ subject: developmentAccount(NOBODY).address, typeId }), []);
  const lists = await proven(`/proofs/status-lists/${developmentAccount(MINISTRY).address}/0`);
  assert.equal(lists.state.chunk(calls.list, 0)?.revoked, 1n << 5n);
  const noList = await proven(`/proofs/status-lists/${developmentAccount(ALICE).address}/0`);
  assert.equal(noList.state.state("list", listIdOf(developmentAccount(ALICE).address, 0n)), undefined);

  const envelopeOf = async (account: number) =>
    (await (await fetch(`${url}/proofs/dids/${didOf(account)}`)).json()) as ProofEnvelope;
  const lying = (alter: (envelope: ProofEnvelope) => unknown): Fetch => {
    return async (asked, init) => {
      const answer = await globalThis.fetch(asked, init);
      return new Response(JSON.stringify(alter((await answer.json()) as ProofEnvelope)), { headers: answer.headers });
    };
  };
  const withEvents = (alter: (events: Events) => Events) => (envelope: ProofEnvelope) => ({
    ...envelope,
    subjects: envelope.subjects.map((one) => ({ ...one, events: alter(one.events) })),
  });
  const [old, bobs] = [await envelopeOf(ALICE), await envelopeOf(BOB)];
  for (const [alter, error] of [
    [withEvents((events) => events.slice(1)), "proofHistory"],
    [withEvents((events) => events.slice(0, -1)), "proofHistory"],
    [withEvents(() => []), "proofHistory"],
    [withEvents((events) => events.map((event) => ({ ...event, time: event.time + 1 }))), "proofHistory"],
    [(e) => ({ ...e, subjects: bobs.subjects }), "proofNodeMissing"],
    [() => bobs, "proofIncomplete"],
    [(e) => ({ ...e, attestations: e.attestations.slice(1) }), "proofQuorum"],
    [(e) => ({ ...e, network: "gov-00000000" }), "proofOtherNetwork"],
    [(e) => ({ ...e, nodes: [] }), "proofNodeMissing"],
  ] satisfies [(envelope: ProofEnvelope) => unknown, string][]) {
    assert.equal((await resolve(ALICE, "", lying(alter))).didResolutionMetadata.error, error);
  }

  // An older valid envelope is rejected by a verifier that knows a newer block, and by its age.
  await write(ALICE, calls.setService(ALICE, "https://c.example"));
  const newest = (await first.reader.header("latest"))?.number ?? assert.fail();
  await until("the newest write is attested", async () => (await numberAt(url)) >= newest);
  const known = new Map<string, KnownBlock>();
  const knowing = (fetch: Fetch, late = 0) =>
    getResolver({
      networks: [{ descriptor: network, nodes: [url], fetch }],
      proofs: "require",
      now: () => now() + late,
      known,
    }).mapae(didOf(ALICE), {}, null, {});
  assert.match(JSON.stringify((await knowing(globalThis.fetch)).didDocument), /c\.example/);
  assert.equal((await knowing(lying(() => old))).didResolutionMetadata.error, "proofOlder");
  known.clear();
  assert.equal(
    (
      await knowing(
        lying(() => old),
        10_000,
      )
    ).didResolutionMetadata.error,
    "proofStale",
  );
});

type Events = ProofEnvelope["subjects"][number]["events"];

/** Number of the newest block that enough operators attested. */
async function numberAt(url: string): Promise<number> {
  return ((await (await fetch(`${url}/attestations/newest`)).json()) as { number: number }).number;
}
