import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Rpc } from "../../../resolver/chain/rpc/rpc.ts";
import { UnavailableError } from "../../../resolver/errors.ts";
import type { Hash } from "../../../resolver/primitives/hex.ts";
import { verifyEnvelope } from "../../../resolver/proofs/verify-envelope.ts";
import { resolveVersion } from "../../../resolver/resolution/resolve.ts";
import { listIdOf } from "../../../resolver/status/apply-status-event.ts";
import { standingOf } from "../../../resolver/trust/accreditation.ts";
import { label } from "../../helpers/contracts.ts";
import { DAY } from "../../helpers/grants.ts";
import { change, REASON, SIZE, TYPE_ID, TYPE_URI } from "../../helpers/registries.ts";
import { lower, provingStage } from "../proofs/proving-node.ts";

/** What the chain was asked for proofs. */
let asked = 0;
/** Proofs wait here while it is not resolved. */
let open: Promise<void> = Promise.resolve();
let broken = false;

const through: { rpc?: Rpc } = {};
const stage = await provingStage(
  { after },
  {
    rpcs: [
      async (calls) => {
        asked += 1;
        await open;
        if (broken) throw new UnavailableError("no server");
        return through.rpc?.(calls) ?? assert.fail();
      },
    ],
  },
);
through.rpc = stage.rpc;
await stage.settled();

const didOf = (address: string) => `did:mapae:local:${address}`;

async function proven(path: string) {
  const answer = await stage.get(path);
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  const envelope = JSON.parse(text);
  return { ...(await verifyEnvelope(stage.network, envelope, { now: await stage.now(), maxAge: 60 })), answer, text };
}

test("a DID is proven at the newest block, with ETag, and what was never written is proven not to be there", async () => {
  const { issuer, stranger, did, bodies } = stage;
  for (const name of ["a", "b"])
    await did.connect(bodies[3] ?? assert.fail()).setAttribute(issuer, label(name), "0x01", DAY);
  await stage.settled();
  const { asOf, state, answer, text } = await proven(`/proofs/dids/${didOf(issuer)}`);
  assert.equal(asOf.hash, (await stage.newest()).hash);
  assert.equal(state.state("did", issuer)?.events, 2);
  assert.ok(text.length < 20_000, `${text.length} bytes`);
  const etag = answer.headers.get("etag") ?? "";
  const again = await stage.get(`/proofs/dids/${didOf(issuer)}`, { "if-none-match": etag });
  assert.deepEqual([again.status, await again.text()], [304, ""]);
  const absent = await proven(`/proofs/dids/${didOf(stranger)}`);
  assert.equal(absent.state.state("did", stranger), undefined);
});

test("an older version is proven by the newest block and the events behind it", async () => {
  const { issuer } = stage;
  const { asOf, state } = await proven(`/proofs/dids/${encodeURIComponent(didOf(issuer))}`);
  const [first, second] = state.events("did", issuer);
  assert.ok(first && second);
  const did = { did: didOf(issuer), network: "local", address: issuer } as Parameters<typeof resolveVersion>[0]["did"];
  const context = { did, chainId: stage.network.chainId, asOf, now: asOf.time };
  const older = await resolveVersion(context, state.events("did", issuer), { versionId: first.block });
  assert.equal(older.documentMetadata.nextVersionId, String(second.block));
});

test("an accreditation is proven at each depth, with all grants that the DID accepted and no room for others", async () => {
  const { addresses, grants } = stage;
  for (const [depth, address] of addresses.entries()) {
    const { asOf, state } = await proven(
      `/proofs/accreditations/${didOf(address)}?type=${encodeURIComponent(TYPE_URI)}`,
    );
    assert.deepEqual(state.acceptedGrants({ subject: address, typeId: TYPE_ID as Hash }), [grants[depth]]);
    const lookup = {
      grant: (id: Hash) => state.state("grant", id),
      deactivatedAt: (subject: Hash) => state.deactivatedAt(subject),
    };
    const { holds, chain } = standingOf(lookup, grants[depth] as Hash, asOf.time);
    assert.deepEqual([holds, chain.length], [true, depth + 1]);
    assert.equal(state.state("type", TYPE_ID as Hash)?.uri, TYPE_URI);
  }
  const stranger = await proven(`/proofs/accreditations/${didOf(stage.stranger)}?type=${TYPE_ID}`);
  assert.deepEqual(stranger.state.acceptedGrants({ subject: stage.stranger, typeId: TYPE_ID as Hash }), []);
});

test("a list is proven whole, alone and beside its issuer's accreditation, from a checkpoint too; one that is not there as well", async () => {
  const { issuer, list, lists } = stage;
  const alone = await proven(`/proofs/status-lists/${issuer}/0`);
  assert.deepEqual(alone.state.chunk(list, 511), { revoked: 0n, suspended: 1n });
  const beside = await proven(`/proofs/accreditations/${didOf(issuer)}?type=${TYPE_ID}&list=0`);
  assert.deepEqual(beside.state.chunk(list, 0), { revoked: 5n, suspended: 0n });
  const none = await proven(`/proofs/status-lists/${issuer}/1`);
  assert.equal(none.state.state("list", listIdOf(issuer, 1n)), undefined);
  await lists.checkpoint(list, 0n, SIZE / 256n);
  await lists.update(list, [change(511n, { reinstate: 1n, revoke: 2n })], REASON);
  await stage.settled();
  const later = await proven(`/proofs/status-lists/${issuer}/0`);
  assert.deepEqual(later.state.chunk(list, 511), { revoked: 2n, suspended: 0n });
});

test("a deactivated DID is proven to be", async () => {
  const body = stage.bodies[1] ?? assert.fail();
  await stage.deactivate(body);
  await stage.settled();
  const { state } = await proven(`/proofs/dids/${didOf(lower(body.address))}`);
  assert.equal(state.state("did", lower(body.address))?.deactivated?.time, await stage.now());
  // So the grant below it does not hold, and that is proven from the slot of the owner.
  const below = await proven(`/proofs/accreditations/${didOf(stage.issuer)}?type=${TYPE_ID}`);
  assert.equal(below.state.deactivatedAt(lower(body.address)), await stage.now());
});

test("an envelope is made once a block, however many ask for it at once or later", async () => {
  const before = asked;
  const path = `/proofs/accreditations/${didOf(stage.addresses[2] as Hash)}?type=${TYPE_ID}`;
  const answers = await Promise.all(Array.from({ length: 20 }, () => stage.get(path).then((answer) => answer.text())));
  assert.equal(new Set(answers).size, 1);
  await stage.get(path);
  assert.equal(asked, before + 1);
});

test("a resolution result has its proof where it is wanted, of the block as of which it holds; so has one that is not found", async () => {
  const { issuer, stranger, network } = stage;
  const result = async (query: string, accept = "application/did-resolution") => {
    const answer = await stage.get(`/1.0/identifiers/${query}`, { accept });
    return { status: answer.status, body: JSON.parse(await answer.text()) };
  };
  const plain = await result(didOf(issuer));
  const { status, body } = await result(`${didOf(issuer)}?proof=true`);
  assert.equal(status, 200);
  assert.deepEqual(
    [body.didDocument, body.didDocumentMetadata],
    [plain.body.didDocument, plain.body.didDocumentMetadata],
  );
  const { proof, asOf } = body.didResolutionMetadata;
  const proved = await verifyEnvelope(network, proof, { now: await stage.now(), maxAge: 60 });
  assert.deepEqual([asOf.block, asOf.hash], [proved.asOf.number, proved.asOf.hash]);
  const [first] = proved.state.events("did", issuer);
  const older = await result(`${didOf(issuer)}?versionId=${first?.block}&proof=true`);
  assert.equal(older.body.didDocumentMetadata.versionId, String(first?.block));
  const absent = await result(`${didOf(stranger)}?proof=true`);
  assert.deepEqual([absent.status, absent.body.didResolutionMetadata.error.code], [404, "NOT_FOUND"]);
  const none = await verifyEnvelope(network, absent.body.didResolutionMetadata.proof, {
    now: await stage.now(),
    maxAge: 60,
  });
  assert.equal(none.state.state("did", stranger), undefined);
  assert.equal((await result(`${didOf(issuer)}?proof=false`)).body.didResolutionMetadata.proof, undefined);
  assert.equal((await result(`${didOf(issuer)}?proof=true`, "application/did")).body.code, "INVALID_OPTIONS");
  const part = await result(`${encodeURIComponent(`${didOf(issuer)}#delegate-1`)}?proof=true`, "application/did");
  assert.equal(part.body.code, "FEATURE_NOT_SUPPORTED");
});

test("a bad path or option is refused by name", async () => {
  const { issuer } = stage;
  for (const [path, status, code] of [
    [`/proofs/dids/${issuer}`, 400, "INVALID_DID"],
    [`/proofs/dids/%`, 400, "INVALID_DID"],
    [`/proofs/dids/did:mapae:gov-00000000:${issuer}`, 501, "FEATURE_NOT_SUPPORTED"],
    [`/proofs/dids/${didOf(issuer)}?type=1`, 400, "INVALID_OPTIONS"],
    [`/proofs/accreditations/${didOf(issuer)}`, 400, "INVALID_OPTIONS"],
    [`/proofs/accreditations/${didOf(issuer)}?type=${TYPE_ID}&list=-1`, 400, "INVALID_OPTIONS"],
    [`/proofs/accreditations/${didOf(issuer)}?type=${TYPE_ID}&list=${2n ** 256n}`, 400, "INVALID_OPTIONS"],
    [`/proofs/accreditations/${didOf(issuer)}?type=${TYPE_ID}&type=${TYPE_ID}`, 400, "INVALID_OPTIONS"],
    [`/proofs/status-lists/${issuer}/00`, 404, "NO_ROUTE"],
    [`/proofs/status-lists/${issuer}/${2n ** 256n}`, 404, "NO_ROUTE"],
    ["/proofs/", 404, "NO_ROUTE"],
    ["/proofs", 404, "NO_ROUTE"],
  ] as const) {
    const answer = await stage.get(path);
    const body = (await answer.json()) as { code: string };
    assert.deepEqual([answer.status, body.code], [status, code], path);
  }
});

test("a flood of proofs leaves resolution alone: few are made at once, some wait, others are told to come again", async () => {
  let release = () => {};
  open = new Promise((resolve) => {
    release = resolve;
  });
  const before = asked;
  // Different ones, so that none is ready and none is the same.
  const flood = Array.from({ length: 200 }, (_, at) =>
    stage.get(`/proofs/dids/${didOf(`0x${(at + 1).toString(16).padStart(40, "0")}`)}`).then((answer) => answer.status),
  );
  const resolved = await stage.get(`/1.0/identifiers/${didOf(stage.issuer)}`);
  assert.equal(resolved.status, 200);
  const past = await stage.get(`/1.0/identifiers/${didOf(stage.issuer)}?versionTime=2000-01-01T00:00:00Z`);
  assert.equal(past.status, 404);
  assert.ok(asked - before <= 2, `${asked - before} proofs are made at once`);
  open = Promise.resolve();
  release();
  const statuses = await Promise.all(flood);
  assert.equal(statuses.filter((status) => status === 200).length, 2 + 64);
  assert.equal(statuses.filter((status) => status === 503).length, 200 - 2 - 64);
  const metrics = await (await fetch(`${stage.node.metricsUrl}/metrics`)).text();
  assert.match(metrics, /mapae_http_refusals_total\{listener="public",reason="queue"\} 134/);
});

test("a chain that gives no proofs makes them unavailable, and nothing else", async () => {
  broken = true;
  const answer = await stage.get(`/proofs/dids/${didOf(`0x${"fe".repeat(20)}`)}`);
  assert.deepEqual([answer.status, ((await answer.json()) as { code: string }).code], [503, "UNAVAILABLE"]);
  assert.equal((await stage.get(`/1.0/identifiers/${didOf(stage.issuer)}`)).status, 200);
  broken = false;
});
