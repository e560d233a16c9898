import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { LoginRequests, MAX_REQUESTS } from "../../../examples/mobile-id/approval/requests.ts";
import { MAX_LOGINS, Sessions } from "../../../examples/mobile-id/approval/sessions.ts";
import { ProofNonces } from "../../../examples/mobile-id/issuer/proof-nonces.ts";
import { Expiring, FullError } from "../../../examples/mobile-id/shared/expiring.ts";
import { MAX_REQUESTS as MAX_OPEN, serve } from "../../../examples/mobile-id/shared/http.ts";
import { freePorts } from "../../cli/harness.ts";
import { issuerOf } from "../../helpers/issue.ts";
import { until } from "../../helpers/real-node.ts";

const NOBODY = `did:mapae:local:0x${"a".repeat(40)}`;

test("a full store refuses new values, keeps the others, and tells when there is space again", () => {
  let now = 0;
  const store = new Expiring<number>({ lifeMs: 10_000, most: 2, now: () => now });
  store.set("a", 1);
  now = 4_000;
  store.set("b", 2);
  assert.throws(
    () => store.set("c", 3),
    (error) => error instanceof FullError && error.retryAfter === 6,
  );
  assert.deepEqual([store.get("a"), store.get("b"), store.get("c")], [1, 2, undefined]);
  store.set("b", 4); // no new value
  now = 10_000;
  store.set("c", 3);
  assert.deepEqual([store.get("a"), store.get("b"), store.get("c")], [undefined, 4, 3]);
  store.take("b");
  store.set("d", 5);
});

test("somebody who begins logins without end logs nobody out, and is answered 503 with the time to wait", async (t) => {
  const [port = 0] = (await freePorts(1)).map(Number);
  const url = `http://localhost:${port}`;
  const sessions = new Sessions("mail", url);
  const { cookie } = sessions.create({ staff_number: "20190347" });
  const { close } = await serve(url, {
    "POST /login": () => {
      sessions.create();
      return new Response("begun");
    },
  });
  t.after(close);
  for (let begun = 0; begun < MAX_LOGINS; begun++) sessions.create();
  const refused = await fetch(`${url}/login`, { method: "POST" });
  assert.equal(refused.status, 503);
  assert.match(refused.headers.get("retry-after") ?? "", /^(?:2\d\d|300)$/);
  const request = new Request(url, { headers: { cookie: cookie.split(";")[0] ?? "" } });
  assert.deepEqual(sessions.find(request)?.user, { staff_number: "20190347" });
});

test("requests of verifiers that nobody answers are bounded, and those that wait stay", async () => {
  const { signer } = issuerOf(NOBODY);
  const neverAsked = () => assert.fail("nothing was answered");
  const verifier = { verify: neverAsked, verifyPresentation: neverAsked };
  const wanted = { url: "http://localhost:1", signer, purpose: "urn:p", type: "urn:t", claims: ["name"], verifier };
  const requests = new LoginRequests(wanted);
  const first = await requests.begin("session", "here");
  for (let begun = 1; begun < MAX_REQUESTS; begun++) await requests.begin("session", "here");
  await assert.rejects(requests.begin("session", "here"), FullError);
  assert.equal(requests.find(first.id), first);
  requests.decline(first.id, String(first.payload.state));
  await requests.begin("session", "here");
});

test("a nonce that was given is good once, until its end, and takes no memory before it is used", () => {
  let now = 1_000_000_000_000;
  const nonces = new ProofNonces(() => now);
  const [one, other] = [nonces.give(), nonces.give()];
  assert.notEqual(one, other);
  for (const forged of [
    "",
    ".",
    one.slice(0, -1),
    `9${one}`,
    one.replace(/^\d+/, "9999999999"),
    new ProofNonces(() => now).give(),
  ])
    assert.equal(nonces.take(forged), false, forged);
  assert.equal(nonces.take(one), true);
  assert.equal(nonces.take(one), false);
  now += 300_000;
  assert.equal(nonces.take(other), false);
});

test("of many requests at a time those beyond the bound are answered 503, and later ones as ever", async (t) => {
  const [port = 0] = (await freePorts(1)).map(Number);
  const url = `http://localhost:${port}`;
  const waiting: ((response: Response) => void)[] = [];
  const { close } = await serve(url, {
    "POST /": async (request) => new Response(await request.text()),
    "GET /": () => new Promise((answer) => waiting.push(answer)),
  });
  t.after(close);
  const asked = Array.from({ length: MAX_OPEN }, () => fetch(url));
  await until(() => waiting.length === MAX_OPEN);
  const refused = await fetch(url, { method: "POST", body: "ok" });
  assert.deepEqual([refused.status, refused.headers.get("retry-after")], [503, "1"]);
  for (const answer of waiting) answer(new Response("at last"));
  for (const answer of await Promise.all(asked)) assert.equal(await answer.text(), "at last");
  await until(async () => (await fetch(url, { method: "POST", body: "ok" })).status === 200);
});

test("clients that send their requests slowly exclude nobody: the slowest is disconnected for a new request", async (t) => {
  const logged = t.mock.method(console, "error", () => {});
  const [port = 0] = (await freePorts(1)).map(Number);
  const url = `http://localhost:${port}`;
  const { close } = await serve(url, { "POST /": async (request) => new Response(await request.text()) });
  t.after(close);
  const sockets = Array.from({ length: MAX_OPEN }, () => connect(port, "localhost"));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  // The answer to `Expect` shows that the request is being read.
  const begun = `POST / HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n`;
  for (const socket of sockets) {
    socket.write(begun);
    await once(socket, "data");
  }
  const [slowest, next] = sockets;
  const closed = once(slowest ?? assert.fail(), "close");
  const answer = await fetch(url, { method: "POST", body: "ok" });
  assert.deepEqual([answer.status, await answer.text()], [200, "ok"]);
  await closed;
  next?.write("ok");
  assert.match(String(await once(next ?? assert.fail(), "data")), /^HTTP\/1.1 200 OK/);
  for (const socket of sockets) socket.destroy();
  await until(async () => (await fetch(url, { method: "POST", body: "ok" })).status === 200);
  assert.equal(logged.mock.callCount(), 0, "clients that were disconnected or went away fill no log");
});

test("a body that is too long is answered 413, and the next request as ever", async (t) => {
  const [port = 0] = (await freePorts(1)).map(Number);
  const url = `http://localhost:${port}`;
  const { close } = await serve(url, { "POST /": async (request) => new Response(await request.text()) });
  t.after(close);
  const signal = AbortSignal.timeout(60_000);
  const statusOf = async (length: number) =>
    (await fetch(url, { method: "POST", body: "x".repeat(length), signal })).status;
  // One byte too many: of a longer body, what is not read resets the connection, perhaps before the answer has arrived.
  assert.deepEqual([await statusOf(131_073), await statusOf(131_072)], [413, 200]);
});
