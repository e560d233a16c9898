import assert from "node:assert/strict";
import { test } from "node:test";
import { OLDER, startGated } from "./gated.ts";
import { ALICE, key, pathOf, START, startTestNode } from "./harness.ts";
import { RawConnection, requestText } from "./raw.ts";

const GARBAGE = "what is no request\r\n\r\n";

test("bytes that are no request, behind a request that is being answered, never get their answer in its place", async (t) => {
  const { node, asked, open } = await startGated(t);
  const connection = await RawConnection.open(node.port);
  connection.send(OLDER);
  await asked;
  connection.send(GARBAGE);
  assert.equal(await connection.closed(), "", "the connection is closed without an answer");
  open();
  await node.close();
});

test("bytes that are no request never get into the middle of a stream of changes", async (t) => {
  const node = await startTestNode(t);
  node.writer.block(START, key(ALICE, 1));
  const connection = await RawConnection.open(node.port);
  connection.send(requestText("/changes", { headers: { accept: "text/event-stream" } }));
  // The stream is open: it begins with a comment.
  await connection.received(/: changes/);
  connection.send(GARBAGE);
  const received = await connection.closed();
  assert.match(received, /^HTTP\/1\.1 200 /);
  assert(!received.includes("HTTP/1.1 400"), received);
});

test("bytes that are no request get 400 after the answers before them", async (t) => {
  const node = await startTestNode(t);
  const connection = await RawConnection.open(node.port);
  node.writer.block(START, key(ALICE, 1));
  connection.send(requestText(pathOf(ALICE)) + GARBAGE);
  assert.equal((await connection.answer())?.status, 200);
  assert.equal((await connection.answer())?.status, 400);
});
