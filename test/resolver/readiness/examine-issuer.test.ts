import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { parseDid } from "../../../resolver/did/did.ts";
import { examineIssuer } from "../../../resolver/readiness/examine-issuer.ts";
import { DID, publish, signer, startServedNode } from "../../node/lists/served-node.ts";

/** A node with an issuer that is accredited and has a list. */
async function start(t: TestContext) {
  const node = await startServedNode(t, {
    first: [
      { do: "type", type: 0 },
      { do: "grant", identity: 1, type: 0, parent: null },
      { do: "accept", identity: 1, type: 0, number: 0 },
      publish(signer),
    ],
  });
  const examine = async (onRequest: (path: string) => Promise<Response | undefined>) => {
    const found = await examineIssuer({
      descriptor: node.network,
      issuer: parseDid(DID),
      node: node.url,
      now: node.state.now,
      async fetch(url, init) {
        const given = await onRequest(new URL(String(url)).pathname);
        return given ?? (await fetch(url, init));
      },
    });
    return found.map(({ step, outcome, code }) => `${step} ${outcome} ${code}`);
  };
  return { ...node, examine };
}

const READY = [
  "did good active",
  "key good canSign",
  "accreditation good accredited",
  "list good listMade",
  "token good listServed",
];

test("an issuer whose list is made while it is examined is not found to have a list that is refused", async (t) => {
  const { mine, examine } = await start(t);
  let asked = 0;
  const found = await examine(async (path) => {
    if (path.startsWith("/issuers/") && ++asked === 2) await mine({ do: "list", identity: 1, list: 1 });
    return undefined;
  });
  assert.equal(asked, 2);
  assert.deepEqual(found.slice(0, 5), READY);
  assert(!found.some((one) => one.includes("bad")), found.join());
});

test("a document is missing where the node answers so, and was not asked for where it fails", async (t) => {
  const { examine } = await start(t);
  const paths: string[] = [];
  for (const [status, code] of [
    [404, "documentMissing"],
    [503, "notAsked"],
    [500, "notAsked"],
  ] as const) {
    const found = await examine(async (path) => {
      if (/^\/(?:issuers|types|status-lists)/.test(path)) return undefined;
      paths.push(path);
      return new Response("busy", { status });
    });
    assert.deepEqual(found, [...READY, `document unknown ${code}`], String(status));
  }
  assert.equal(paths.length, 3);
});
