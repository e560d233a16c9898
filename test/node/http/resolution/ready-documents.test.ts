import assert from "node:assert/strict";
import { test } from "node:test";
import { ReadyDocuments } from "../../../../node/http/resolution/ready-documents.ts";
import type { Address } from "../../../../resolver/primitives/hex.ts";
import type { Version } from "../../../../resolver/resolution/resolve.ts";

const ASKED: Address = `0x${"ab".repeat(20)}`;
const AT = 1_800_000_000;

test("a document is made for the first and the second who ask, then kept until an event drops it or its time is over", () => {
  const documents = new ReadyDocuments();
  let made = 0;
  const resolve = (): Version => {
    made++;
    return { document: null, documentMetadata: { created: "2027-01-15T08:00:00Z", versionId: "1" }, holdsUntil: AT };
  };
  const ask = (at = AT) => documents.get(ASKED, "application/did", at, resolve).cameBefore;
  assert.deepEqual([ask(), made], [false, 1]);
  assert.deepEqual([ask(), made], [true, 2]);
  assert.deepEqual([ask(), made], [true, 2]);
  documents.drop(ASKED);
  assert.deepEqual([ask(), made], [true, 3]);
  assert.deepEqual([ask(), made], [true, 3]);
  assert.deepEqual([ask(AT + 1), made], [true, 4]);
});
