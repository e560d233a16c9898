import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { after, test } from "node:test";
import { decodeProtectedHeader } from "jose";
import { installPythonTool } from "../../scripts/analysis/python-tool.ts";
import { REPOSITORY } from "../cli/harness.ts";
import { Desk } from "../example/helpers/desk.ts";
import { startExample } from "../example/helpers/stage.ts";
import { newKeys, present, TestWallet, type VerifierRequest, type Wrong } from "../example/helpers/wallet.ts";

process.chdir(REPOSITORY);
const python = installPythonTool("sd-jwt==0.10.4", "python");
const { config } = await startExample({ after });

/** A verifier's request, of which only the bound values matter here. */
const REQUEST: VerifierRequest = {
  client_id: "decentralized_identifier:did:mapae:local:0x00",
  nonce: "a nonce of one request",
  state: "",
  response_uri: "",
  dcql_query: { credentials: [{ id: "card", claims: [{ path: ["name"] }, { path: ["department"] }] }] },
  client_metadata: { jwks: { keys: [] } },
};

const wallet = await TestWallet.for(config.urls.issuer);
const { offerUri, txCode } = await new Desk(config.urls.desk).issue(1, "official-id");
const [held = assert.fail()] = await wallet.fetchCards(await wallet.redeem(offerUri, txCode), "official-id", 1);
const { kid = "" } = decodeProtectedHeader(held.card.split("~")[0] ?? "");
const resolved = await fetch(`${config.nodes[0]}/1.0/identifiers/${kid.split("#")[0]}`, {
  headers: { accept: "application/did" },
});
const { verificationMethod } = (await resolved.json()) as {
  verificationMethod: { id: string; publicKeyJwk: object }[];
};
const jwk = verificationMethod.find(({ id }) => id === kid)?.publicKeyJwk;

interface Said {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly refused?: string;
}

async function readByPython(wrong: Wrong = {}): Promise<Said> {
  const presentation = await present(held, REQUEST, wrong);
  const input = JSON.stringify({ presentation, jwk, aud: REQUEST.client_id, nonce: REQUEST.nonce });
  const script = join(import.meta.dirname, "read_presentation.py");
  const { stdout, stderr, status } = spawnSync(python, [script], { input, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Said;
}

test("the reference implementation in Python reads a presentation, and sees the claims that were shown alone", async () => {
  const { claims, refused } = await readByPython();
  assert.equal(refused, undefined);
  assert.equal(claims?.name, "홍길동");
  assert.equal(claims?.department, "디지털정부국");
  assert.equal(claims?.staff_number, undefined);
  assert.equal(claims?.iss, config.issuers["official-id"]?.did);
});

for (const [what, wrong] of [
  ["for another verifier", { aud: "https://another.example" }],
  ["for another request", { nonce: "another" }],
  ["with another hash of what is shown", { sd_hash: "A".repeat(43) }],
] as const) {
  test(`it refuses a presentation ${what}`, async () => {
    assert.notEqual((await readByPython(wrong)).refused, undefined);
  });
}

test("it refuses a presentation by another key than the holder's", async () => {
  assert.notEqual((await readByPython({ keys: await newKeys() })).refused, undefined);
});
