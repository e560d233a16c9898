import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { applyDidEvent, type DidState } from "../../../resolver/did/apply-event.ts";
import { parseDid } from "../../../resolver/did/did.ts";
import type { Address } from "../../../resolver/primitives/hex.ts";
import { REPRESENTATIONS, type Representation, represent } from "../../../resolver/resolution/representation.ts";
import { resolveLatest } from "../../../resolver/resolution/resolve.ts";
import { all } from "../../helpers/all.ts";
import { name32 } from "../../helpers/keys.ts";
import { runs } from "../../helpers/property.ts";
import {
  ALICE,
  BOB,
  deactivation,
  didOf,
  FOREVER,
  key,
  NETWORK,
  pathOf,
  START,
  service,
  startTestNode,
  type TestAnswer,
  type TestNode,
} from "./harness.ts";
import type { Change } from "./writer.ts";

const RESULT = "application/did-resolution";

/** Seconds after the start. Few values, near each other, so that entries run out between requests. */
const moment = fc.oneof({ weight: 6, arbitrary: fc.integer({ min: -5, max: 40 }) }, fc.constant(100_000));
const identity = fc.constantFrom(ALICE, BOB);
const validTo = fc.oneof(
  fc.constantFrom(0, FOREVER),
  moment.map((at) => START + at),
);

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(identity, fc.integer({ min: 1, max: 3 }), validTo).map((args) => key(...args)) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(identity, fc.constantFrom("https://a.example/", "https://b.example/", "no uri"), validTo)
      .map((args) => service(...args)),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      identity,
      type: fc.constant("delegate" as const),
      name: fc.constantFrom(name32("veriKey"), name32("sigAuth"), name32("status")),
      value: fc.constant<Address>(`0x${"de".repeat(20)}`),
      validTo,
    }),
  },
  { weight: 1, arbitrary: fc.record({ identity, type: fc.constant("owner" as const), owner: fc.constant(BOB) }) },
  { weight: 1, arbitrary: identity.map(deactivation) },
);

type Step =
  | { readonly do: "block"; readonly after: number; readonly changes: readonly Change[] }
  | { readonly do: "reorg"; readonly blocks: number }
  | { readonly do: "clock"; readonly now: number }
  | { readonly do: "ask"; readonly address: Address; readonly accept: string; readonly conditional: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("block" as const),
      after: fc.nat({ max: 8 }),
      changes: fc.array(change, { maxLength: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reorg" as const), blocks: fc.nat({ max: 3 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("clock" as const), now: moment.map((at) => START + at) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("ask" as const),
      address: identity,
      accept: fc.constantFrom(RESULT, ...REPRESENTATIONS),
      conditional: fc.boolean(),
    }),
  },
);

/** What an answer must be, from all events and with no cache. */
async function fromScratch(node: TestNode, address: Address) {
  const asOf = node.index.asOf() ?? assert.fail();
  const context = { did: parseDid(didOf(address)), chainId: NETWORK.chainId, asOf, now: node.now };
  const fold = (state: DidState | undefined, event: Parameters<typeof applyDidEvent>[1]) =>
    applyDidEvent(state, event, NETWORK.chainId);
  const state = (await all(node.index.events("did", address))).reduce<DidState | undefined>(fold, undefined);
  return state === undefined ? undefined : resolveLatest(context, state);
}

/** Compares an answer with what it must be; gives the state that its tag stands for. */
async function check(
  node: TestNode,
  address: Address,
  accept: string,
  answer: TestAnswer,
): Promise<string | undefined> {
  const expected = await fromScratch(node, address);
  if (expected === undefined) {
    assert.equal(answer.status, 404);
    return undefined;
  }
  const { document, documentMetadata, resolutionMetadata } = expected;
  const representation = accept === RESULT ? "application/did" : (accept as Representation);
  const shown = document && represent(document, representation);
  const { asOf, at } = resolutionMetadata;
  assert.equal(answer.headers.get("mapae-as-of"), `${asOf.block} ${asOf.hash} ${asOf.time}`);
  assert.equal(answer.headers.get("mapae-at"), at);
  if (answer.status !== 304) {
    assert.equal(answer.status, document === null ? 410 : 200);
    const body = {
      didDocument: shown,
      didDocumentMetadata: documentMetadata,
      didResolutionMetadata: { contentType: "application/did", ...resolutionMetadata },
    };
    assert.equal(answer.text, JSON.stringify(accept === RESULT ? body : shown));
  }
  return JSON.stringify([accept, shown, documentMetadata]);
}

test("whatever was asked before, an answer is what all events say at that moment", async (t) => {
  const node = await startTestNode(t);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      node.writer.restart(START);
      node.now = START;
      let time = START;
      /** The tag that a client holds for each address and media type, and what it stands for. */
      const held = new Map<string, { etag: string; content: string }>();
      for (const one of steps) {
        if (one.do === "clock") node.now = one.now;
        if (one.do === "reorg") node.writer.reorg(one.blocks);
        if (one.do === "block") {
          time = (node.index.asOf()?.time ?? time) + one.after;
          node.writer.block(time, ...one.changes);
        }
        if (one.do !== "ask") continue;
        const mine = held.get(`${one.address} ${one.accept}`);
        const condition = one.conditional && mine !== undefined ? { "if-none-match": mine.etag } : {};
        const answer = await node.get(pathOf(one.address), { accept: one.accept, ...condition });
        const content = await check(node, one.address, one.accept, answer);
        if (answer.status === 304) assert.equal(mine?.content, content);
        const etag = answer.headers.get("etag");
        if (content === undefined || etag === null) continue;
        // One tag, one content, both ways.
        if (mine !== undefined) assert.equal(mine.etag === etag, mine.content === content);
        held.set(`${one.address} ${one.accept}`, { etag, content });
      }
    }),
    runs(150),
  );
  assert.deepEqual(node.faults, []);
});
