import assert from "node:assert/strict";
import { request } from "node:http";
import { Readable, Writable } from "node:stream";
import { before, test } from "node:test";
import { MAX_REQUEST_BYTES } from "../../gate/service/answer.ts";
import { checkLines } from "../../gate/service/lines.ts";
import { MAX_NONCES, NONCE_SECONDS, Nonces } from "../../gate/service/nonces.ts";
import { serveGate } from "../../gate/service/server.ts";
import { BUNDLE_BOUNDS } from "../../resolver/proofs/bundle.ts";
import { nestedDisclosures } from "../helpers/nested-disclosures.ts";
import { AUDIENCE, type GateStage, gateOf, gateStage, INDEX, NONCE } from "./stage.ts";

let stage: GateStage;
let full: Uint8Array;

before(async () => {
  stage = await gateStage();
  full = await stage.bytes();
});

async function served(t: { after(end: () => Promise<void>): void }) {
  const { gate, clock } = await gateOf(stage);
  const faults: unknown[] = [];
  const onFault = (error: unknown) => void faults.push(error);
  const server = await serveGate({ gate, nonces: new Nonces(() => clock.now), audience: AUDIENCE, port: 0, onFault });
  t.after(() => server.close());
  const post = async (path: string, body: string, headers = {}) => {
    const response = await fetch(`${server.url}${path}`, { method: "POST", body, headers });
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  };
  return { gate, clock, faults, url: server.url, post };
}

test("a door controller gets a nonce, shows it to a visitor, and is answered about what the visitor presents, once", async (t) => {
  const { post, url, clock, faults } = await served(t);
  assert.equal((await post("/bundles", full as unknown as string)).body.reason, "newer");
  const { status, body } = await post("/nonces", "");
  assert.equal(status, 201);
  assert.equal(body.audience, AUDIENCE);
  const credential = await stage.presented(INDEX.valid, { nonce: body.nonce as string });
  const asked = JSON.stringify({ credential, nonce: body.nonce });
  const first = await post("/checks", asked);
  assert.deepEqual(
    [first.status, first.body.outcome, first.body.reason, first.body.clock],
    [200, "admit", "fresh", "good"],
  );
  assert.equal((await post("/checks", asked)).body.reason, "nonceUnknown");
  const late = (await post("/nonces", "")).body.nonce as string;
  clock.now += NONCE_SECONDS;
  const shown = await stage.presented(INDEX.valid, { nonce: late, at: clock.now });
  assert.equal((await post("/checks", JSON.stringify({ credential: shown, nonce: late }))).body.reason, "nonceUnknown");
  const about = (await (await fetch(`${url}/status`)).json()) as { checks: object };
  assert.deepEqual(about.checks, { fresh: 1, nonceUnknown: 2 });
  assert.deepEqual(await (await fetch(`${url}/evidence`)).json(), []);
  assert.deepEqual(faults, []);
});

test("a presentation that is not for a nonce is refused, however often it is shown and whether a check names a nonce or not", async (t) => {
  const { post } = await served(t);
  await post("/bundles", full as unknown as string);
  const credential = await stage.presented(INDEX.valid, { nonce: "" });
  for (const check of [{ credential }, { credential }, { credential, nonce: "" }])
    assert.notEqual((await post("/checks", JSON.stringify(check))).body.outcome, "admit");
  const { nonce } = (await post("/nonces", "")).body;
  const shown = await stage.presented(INDEX.valid, { nonce: nonce as string });
  assert.equal((await post("/checks", JSON.stringify({ credential: shown }))).body.reason, "otherNonce");
});

test("a gate's answers contain nothing about the visitor", async (t) => {
  const { post } = await served(t);
  await post("/bundles", full as unknown as string);
  const { nonce } = (await post("/nonces", "")).body;
  const credential = await stage.presented(INDEX.valid, { nonce: nonce as string });
  const { body } = await post("/checks", JSON.stringify({ credential, nonce }));
  assert.deepEqual(Object.keys(body).sort(), ["asOf", "clock", "freshness", "outcome", "reason", "statusAsOf"]);
});

test("a request that is no JSON, of another form or too long, and a path that is none are refused, and the gate goes on", async (t) => {
  const { post, url, faults } = await served(t);
  for (const body of [
    "",
    "{",
    "[]",
    "{}",
    '{"credential":1}',
    '{"credential":"a","more":1}',
    Buffer.from('{"credential":"\xff"}', "latin1") as unknown as string,
  ])
    assert.equal((await post("/checks", body)).status, 400);
  assert.equal((await post("/checks", "x".repeat(MAX_REQUEST_BYTES + 1)).catch(() => ({ status: 413 }))).status, 413);
  const long = new Uint8Array(BUNDLE_BOUNDS.bytes + 1);
  assert.equal((await post("/bundles", long as unknown as string).catch(() => ({ status: 413 }))).status, 413);
  assert.equal((await post("/bundles", "no bundle")).body.reason, "PROOF_FORMAT");
  assert.equal((await fetch(`${url}/checks`)).status, 404);
  assert.equal((await fetch(`${url}/other`)).status, 404);
  assert.equal((await fetch(`${url}/status`)).status, 200);
  assert.deepEqual(faults, []);
});

test("a page in a browser of the machine can't ask a gate: neither by another name of it nor across origins", async (t) => {
  const { post, url } = await served(t);
  assert.equal((await post("/nonces", "", { origin: "https://evil.example" })).status, 403);
  const status = await new Promise((resolve, reject) => {
    const asking = request(`${url}/status`, { headers: { host: "rebound.example" } }, (answer) =>
      resolve(answer.statusCode),
    );
    asking.on("error", reject).end();
  });
  assert.equal(status, 403);
});

test("nonces are good once, for a while, and those that are out are bounded", () => {
  let now = 1_000;
  const nonces = new Nonces(() => now);
  const { nonce, expiresAt } = nonces.give();
  assert.equal(expiresAt, now + NONCE_SECONDS);
  assert.deepEqual([nonces.take(nonce), nonces.take(nonce), nonces.take("other")], [true, false, false]);
  const oldest = nonces.give().nonce;
  for (let count = 0; count < MAX_NONCES - 1; count++) nonces.give();
  const kept = nonces.give().nonce;
  assert.deepEqual([nonces.take(oldest), nonces.take(kept)], [false, true]);
  const [late, early] = [nonces.give().nonce, nonces.give().nonce];
  now += NONCE_SECONDS;
  assert.equal(nonces.take(late), false);
  now -= NONCE_SECONDS + 1;
  assert.equal(nonces.take(early), false, "the clock was set back");
});

async function linesOf(input: Iterable<string | Uint8Array>): Promise<string[]> {
  const { gate } = await gateOf(stage);
  await gate.importBundle(full);
  let text = "";
  const output = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  await checkLines(gate, Readable.from(input), output);
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).reason as string);
}

test("on standard input each line is a credential or JSON, and is answered on a line, in order", async () => {
  const [good, bad] = [await stage.presented(), await stage.presented(INDEX.revoked)];
  const line = (credential: string) => JSON.stringify({ credential, nonce: NONCE });
  const text = `${line(good)}\n\n${line(bad)}\r\n${await stage.credential()}\n{"credential":1}\n{no\n${line(good)}`;
  const wanted = ["fresh", "revoked", "keyBindingMissing", "CREDENTIAL_MALFORMED", "CREDENTIAL_MALFORMED", "fresh"];
  assert.deepEqual(await linesOf([text]), wanted);
  assert.deepEqual(await linesOf([Buffer.from(text).subarray(0, 100), Buffer.from(text).subarray(100)]), wanted);
});

test("a credential that is nested without end is refused on its line, and the next line is answered", async () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const { texts, outer } = nestedDisclosures(1_000, 60);
  const kid = stage.issuer.signer.keyId;
  const claims = { iss: kid.split("#")[0], vct: "https://types.example/0", iat: 1, ...outer };
  // Anybody can make it: its signature is not checked before it is read.
  const hostile = `${part({ alg: "ES256", typ: "dc+sd-jwt", kid })}.${part(claims)}.c2ln~${texts.join("~")}~`;
  const good = JSON.stringify({ credential: await stage.presented(), nonce: NONCE });
  assert.deepEqual(await linesOf([`${hostile}\n${good}`]), ["CREDENTIAL_MALFORMED", "fresh"]);
});

/** Lines without end, each counted when it is taken. */
function endlessLines() {
  const counted = { lines: 0 };
  const lines = Readable.from(
    (function* () {
      for (; counted.lines < 100_000; counted.lines++) yield "a.b.c\n";
    })(),
  );
  return { counted, lines };
}

test("a gate whose answers nobody reads any more ends, however many lines there still are", async () => {
  const { gate } = await gateOf(stage);
  const { counted, lines } = endlessLines();
  let written = 0;
  const output = new Writable({
    write(_chunk, _encoding, done) {
      // Standard output of a process is not destroyed by such an error.
      done(++written > 3 ? Object.assign(new Error("write EPIPE"), { code: "EPIPE" }) : null);
    },
    autoDestroy: false,
  });
  output.on("error", () => undefined);
  await checkLines(gate, lines, output);
  assert.ok(counted.lines < 1_000, `${counted.lines} lines were read`);
});

test("a gate whose answers are read slowly waits, and keeps few of them", async () => {
  const { gate } = await gateOf(stage);
  const { counted, lines } = endlessLines();
  let written = () => {};
  const first = new Promise<void>((resolve) => {
    written = resolve;
  });
  const output = new Writable({ write: () => written(), highWaterMark: 1_000 });
  const over = checkLines(gate, lines, output);
  await first;
  for (let turn = 0; turn < 1_000; turn++) await new Promise(setImmediate);
  assert.ok(output.writableLength < 2_000, `${output.writableLength} bytes are kept, of ${counted.lines} lines`);
  output.destroy();
  await over;
});

test("a line that is longer than a request may be is refused without being kept", async () => {
  const part = "x".repeat(1_048_576);
  const long = Array.from({ length: 12 }, () => part);
  const reasons = await linesOf([
    ...long,
    "\n",
    `${JSON.stringify({ credential: await stage.presented(), nonce: NONCE })}\n`,
  ]);
  assert.deepEqual(reasons, ["CREDENTIAL_MALFORMED", "fresh"]);
});
