import assert from "node:assert/strict";
import { test } from "node:test";
import { ALICE, BOB, didOf, key, START, settle, startTestNode } from "./harness.ts";

interface Feed {
  readonly changes: readonly { readonly block: number; readonly did: string; readonly kind: string }[];
  readonly next: string | null;
}

test("the feed has the newest change first, page by page, of all or of one DID alone", async (t) => {
  const node = await startTestNode(t);
  for (let block = 0; block < 5; block++)
    node.writer.block(START + block, key(block % 2 === 0 ? ALICE : BOB, block + 1));
  settle(node);
  const feed = async (query: string) => JSON.parse((await node.get(`/changes${query}`)).text) as Feed;
  const blocks = ({ changes }: Feed) => changes.map(({ block }) => block);

  const first = await feed("?limit=2");
  assert.deepEqual(blocks(first), [5, 4]);
  const second = await feed(`?limit=2&before=${first.next}`);
  assert.deepEqual(blocks(second), [3, 2]);
  const third = await feed(`?limit=2&before=${second.next}`);
  assert.deepEqual([blocks(third), third.next], [[1], null]);
  const own = await feed(`?kind=did&subject=${didOf(ALICE)}`);
  assert.deepEqual(blocks(own), [5, 3, 1]);
  assert(own.changes.every(({ did }) => did === didOf(ALICE)));
});

test("what a reorganisation may still undo is not in the feed", async (t) => {
  const node = await startTestNode(t);
  node.writer.block(START, key(ALICE, 1));
  const asOf = node.index.asOf();
  assert(asOf !== undefined);
  node.index.advance({ ...asOf, finalizedBlock: asOf.number - 1 });
  assert.deepEqual(JSON.parse((await node.get("/changes")).text), { changes: [], next: null });
});

test("an Atom feed has an entry for each change, and a copy that is still good is not sent again", async (t) => {
  const node = await startTestNode(t);
  node.writer.block(START, key(ALICE, 1));
  settle(node);
  const { status, headers, text } = await node.get(`/changes.atom?kind=did&subject=${didOf(ALICE)}`);
  assert.equal(status, 200);
  assert.equal(headers.get("content-type"), "application/atom+xml; charset=utf-8");
  assert.equal(text.match(/<entry>/g)?.length, 1);
  assert(text.includes(`did attribute: ${didOf(ALICE)}`), text);
  const again = await node.get(`/changes.atom?kind=did&subject=${didOf(ALICE)}`, {
    "if-none-match": headers.get("etag") ?? "",
  });
  assert.equal(again.status, 304);
});

test("a question that is wrong is told what is wanted, and none takes an index", async (t) => {
  const node = await startTestNode(t);
  node.writer.block(START, key(ALICE, 1));
  for (const query of [
    "index=3",
    "kind=did",
    `subject=${didOf(ALICE)}`,
    "kind=credential&subject=1",
    "kind=type&subject=0x12",
    `kind=list&subject=${ALICE}/0/3`,
    `kind=list&subject=${ALICE}/${2n ** 256n}`,
    "before=1",
    "limit=0",
    "limit=201",
    "limit=2&limit=3",
  ]) {
    const { status, text } = await node.get(`/changes?${query}`);
    assert.deepEqual([status, JSON.parse(text).code], [400, "INVALID_OPTIONS"], query);
  }
  const other = await node.get(`/changes?kind=did&subject=did:mapae:other-01234567:${ALICE}`);
  assert.deepEqual([other.status, JSON.parse(other.text).code], [501, "FEATURE_NOT_SUPPORTED"]);
});
