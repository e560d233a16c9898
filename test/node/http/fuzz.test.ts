import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../helpers/property.ts";
import { didUrl, headers, httpMethod, mutate, mutations, target } from "./fuzz-grammar.ts";
import { ALICE, BOB, deactivation, didOf, key, PATH, START, startTestNode } from "./harness.ts";
import { problemCode } from "./problems.ts";
import { type RawAnswer, RawConnection, requestText } from "./raw.ts";

const node = await startTestNode({ after });
node.writer.block(START - 100, key(ALICE, 1));
node.writer.block(START - 50, key(ALICE, 2), key(BOB, 1));
node.writer.block(START, deactivation(BOB));

/** All that a client may get from a node that is fit; 400 without a body is node:http's own, of a request with no Host. */
const PLANNED = [200, 204, 304, 400, 404, 405, 406, 410, 414, 431, 501, 503];

function check(answer: RawAnswer): void {
  const { status, body } = answer;
  const contentType = answer.headers.get("content-type");
  assert.ok(PLANNED.includes(status), `status ${status}`);
  if (body === "") return;
  if (status === 200 || status === 410) return void JSON.parse(body);
  const code = problemCode({ status, contentType, body });
  // The one question about a DID that a fit node can't answer yet.
  if (status === 503) assert.match(body, /are known up to .* ask again later/);
  assert.notEqual(code, "INTERNAL_ERROR");
}

/** Sends request after request on one connection, and opens another when the node closes it. */
class KeptAlive {
  #connection: RawConnection | undefined;

  async ask(request: string, { head = false } = {}): Promise<RawAnswer> {
    this.#connection ??= await RawConnection.open(node.port);
    this.#connection.send(request);
    const answer = (await this.#connection.answer({ head })) ?? assert.fail("closed without an answer");
    if (answer.headers.get("connection") === "close") this.close();
    return answer;
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }
}

test("no target makes the node fail, and every error says what it is", async () => {
  const connection = new KeptAlive();
  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(target, async (path) => {
      const answer = await connection.ask(requestText(path));
      check(answer);
      seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
    }),
    runs(1_500),
  );
  connection.close();
  // The grammar reaches what it is for.
  for (const status of [200, 400, 404, 410, 501])
    assert.ok((seen.get(status) ?? 0) > 5, `${status}: ${seen.get(status)}`);
  assert.deepEqual(node.faults, []);
});

test("a DID URL has the same answer raw and encoded", async () => {
  const connection = new KeptAlive();
  const isRaw = /^[A-Za-z0-9._~:/;@!$&'()*+,=-]*(?:\?[A-Za-z0-9._~:/;@!$&'()*,=-]*)?$/;
  await fc.assert(
    fc.asyncProperty(
      didUrl.filter((url) => isRaw.test(url)),
      async (url) => {
        const raw = await connection.ask(requestText(`${PATH}${url}`));
        const encoded = await connection.ask(requestText(`${PATH}${encodeURIComponent(url)}`));
        assert.deepEqual([encoded.status, encoded.body], [raw.status, raw.body]);
      },
    ),
    runs(500),
  );
  connection.close();
});

test("no method or header makes the node fail, and HEAD is GET without a body", async () => {
  const connection = new KeptAlive();
  await fc.assert(
    fc.asyncProperty(target, httpMethod, headers, async (path, method, sent) => {
      // A body that does not come would be waited for; what a bad length does is the listener's to say.
      const all = { ...sent, ...("content-length" in sent && { connection: "close" }) };
      const answer = await connection.ask(requestText(path, { method, headers: all }), { head: method === "HEAD" });
      check(answer);
      if (method === "HEAD" && answer.headers.get("connection") !== "close") {
        const get = await connection.ask(requestText(path, { headers: all }));
        assert.equal(answer.status, get.status);
        assert.equal(answer.headers.get("content-length"), get.headers.get("content-length"));
      }
    }),
    runs(700),
  );
  connection.close();
  assert.deepEqual(node.faults, []);
});

test("no bytes make the node fail: what can't be read is cut, and others are served", async () => {
  const request = requestText(`${PATH}${didOf(ALICE)}`, { headers: { accept: "application/did", "x-y": "z" } });
  const bytes = fc.oneof(
    mutations.map((all) => mutate(request.repeat(2), all)),
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.nat({ max: request.length }).map((length) => request.slice(0, length)),
  );
  await fc.assert(
    fc.asyncProperty(bytes, async (sent) => {
      const connection = await RawConnection.open(node.port);
      connection.send(Buffer.from(sent));
      connection.end();
      for (;;) {
        const answer = await connection.answer();
        if (answer === undefined) break;
        check(answer);
      }
      connection.close();
    }),
    runs(400),
  );
  assert.equal((await node.get("/health")).status, 200);
  assert.deepEqual(node.faults, []);
});
