import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { prepared, send } from "../../../node/http/answer.ts";

test("a prepared answer has the same head and bytes each time, whether its body is short or long", async (t) => {
  const bodies = [0, 1, 16_384, 16_385, 200_000].map((length) => randomBytes(length));
  const answers = bodies.map((body) => prepared({ status: 200, headers: { etag: '"x"' }, body: [body] }));
  const server = createServer((request, response) => {
    send(request, response, answers[Number(request.url?.slice(1))] ?? assert.fail());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  for (const [at, body] of [...bodies.entries(), ...bodies.entries()]) {
    const response = await fetch(`http://127.0.0.1:${port}/${at}`);
    assert.equal(response.headers.get("content-length"), String(body.length));
    assert.equal(response.headers.get("etag"), '"x"');
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), body);
    const head = await fetch(`http://127.0.0.1:${port}/${at}`, { method: "HEAD" });
    assert.equal(head.headers.get("content-length"), String(body.length));
  }
});
