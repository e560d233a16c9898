import assert from "node:assert/strict";
import { after, test } from "node:test";
import { parseDid } from "../../../../resolver/did/did.ts";
import { represent } from "../../../../resolver/resolution/representation.ts";
import { resolveLatest } from "../../../../resolver/resolution/resolve.ts";
import { ALICE, didOf, key, NETWORK, pathOf, START, service, startTestNode } from "../harness.ts";
import { problemCode } from "../problems.ts";
import { ask, requestText } from "../raw.ts";
import vectors from "../vectors/accept.json" with { type: "json" };

const node = await startTestNode({ after });
node.writer.block(START, key(ALICE, 1), service(ALICE, '{"uri":"https://hub.example/","name":"Behörde"}'));

/** What a client with this header gets; `null` sends none, as fetch can't. */
async function contentTypeFor(accept: string | null): Promise<{ status: number; contentType: string; body: string }> {
  const answer = await ask(node.port, requestText(pathOf(ALICE), { headers: accept === null ? {} : { accept } }));
  assert.ok(answer);
  return { status: answer.status, contentType: answer.headers.get("content-type") ?? "", body: answer.body };
}

for (const { why, accept, wanted } of vectors) {
  test(`Accept: ${why} (${accept}) gets ${wanted ?? "a 406"}`, async () => {
    const { status, contentType, body } = await contentTypeFor(accept);
    if (wanted === null) {
      assert.equal(problemCode({ status, contentType, body }), "REPRESENTATION_NOT_SUPPORTED");
      assert.equal(status, 406);
    } else {
      assert.deepEqual([status, contentType], [200, `${wanted}; charset=utf-8`]);
    }
  });
}

test("a header of 10 kB is read for its first twenty ranges only, and never shown whole", async () => {
  const junk = Array.from({ length: 1_000 }, (_, i) => `text/x${i}`).join(",");
  assert.ok(junk.length > 8_000);
  const refused = await contentTypeFor(`${junk},application/did`);
  assert.equal(refused.status, 406);
  assert.ok(refused.body.length < 1_000);
  assert.equal((await contentTypeFor(`application/did,${junk}`)).contentType, "application/did; charset=utf-8");
  assert.equal((await contentTypeFor(`${"a".repeat(10_000)},application/did`)).status, 200);
});

test("repeated headers are one list", async () => {
  const text = requestText(pathOf(ALICE)).replace(
    "\r\n\r\n",
    "\r\nAccept: text/html\r\nAccept: application/did\r\n\r\n",
  );
  assert.equal((await ask(node.port, text))?.headers.get("content-type"), "application/did; charset=utf-8");
});

test("each media type has the body that it names", async () => {
  const asOf = node.index.asOf() ?? assert.fail();
  const context = { did: parseDid(didOf(ALICE)), chainId: NETWORK.chainId, asOf, now: node.now };
  const {
    document,
    documentMetadata,
    resolutionMetadata: metadata,
  } = resolveLatest(context, node.index.state("did", ALICE));
  assert.ok(document);
  for (const type of ["application/did", "application/did+ld+json", "application/did+json"] as const) {
    const { body } = await contentTypeFor(type);
    assert.equal(body, JSON.stringify(represent(document, type)));
  }
  const types = await Promise.all(
    ["application/did", "application/did+ld+json", "application/did+json"].map(async (type) => {
      const shown = JSON.parse((await contentTypeFor(type)).body);
      return [shown["@context"]?.[0], shown.verificationMethod[1].type];
    }),
  );
  assert.deepEqual(types, [
    ["https://www.w3.org/ns/did/v1.1", "JsonWebKey"],
    ["https://www.w3.org/ns/did/v1", "JsonWebKey2020"],
    [undefined, "JsonWebKey2020"],
  ]);
  const { body } = await contentTypeFor("application/did-resolution");
  assert.deepEqual(JSON.parse(body), {
    didDocument: represent(document, "application/did"),
    didDocumentMetadata: documentMetadata,
    didResolutionMetadata: { contentType: "application/did", ...metadata },
  });
});

test("an error is inside a result for who wants results, else a problem of its own", async () => {
  const bad = "/1.0/identifiers/nonsense";
  const asResult = await node.get(bad, { accept: "application/did-resolution" });
  assert.equal(asResult.headers.get("content-type"), "application/did-resolution; charset=utf-8");
  for (const accept of ["application/did", "text/html"]) {
    const alone = await node.get(bad, { accept });
    assert.equal(alone.headers.get("content-type"), "application/problem+json; charset=utf-8");
    assert.deepEqual(JSON.parse(alone.text), JSON.parse(asResult.text).didResolutionMetadata.error);
  }
});
