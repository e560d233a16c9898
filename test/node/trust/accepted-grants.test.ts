import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChangedSubject, LiveIndex } from "../../../node/index/live-index.ts";
import { AcceptedGrants } from "../../../node/trust/accepted-grants.ts";
import type { Hex } from "../../../resolver/primitives/hex.ts";
import { assertCode } from "../../helpers/assert-code.ts";
import { ChainSimulator } from "../../helpers/chain-simulator.ts";
import { changed } from "../../helpers/memory-index.ts";
import { followChain } from "../../helpers/served-chain.ts";
import { gate } from "../http/harness.ts";

/** The accepted grants of a chain with two of them, read from an index that a test replaces while it is read. */
async function stage(t: { after(end: () => Promise<void>): void }) {
  const chain = new ChainSimulator();
  chain.mine([
    { do: "type", type: 0 },
    ...[0, 1].flatMap((identity) => [
      { do: "grant", identity, type: 0, parent: null } as const,
      { do: "accept", identity, type: 0, number: 0 } as const,
    ]),
  ]);
  const { node, index } = await followChain(chain);
  t.after(() => node.stop());
  const listeners: ((changed: readonly ChangedSubject[], isReplaced?: boolean) => void)[] = [];
  const shown = { ids: (all: Hex[]): Promise<Hex[]> | Hex[] => all, isServed: true };
  const grants = new AcceptedGrants(
    changed(index, {
      asOf: () => (shown.isServed ? index.asOf() : undefined),
      onChange: (listener) => void listeners.push(listener),
      hold() {
        const held = index.hold();
        return held && { ...held, ids: async (kind) => shown.ids(await held.ids(kind)) };
      },
    } satisfies Partial<LiveIndex>),
  );
  const replace = () => {
    for (const listener of listeners) listener([], true);
  };
  return { grants, shown, replace };
}

test("after the index was replaced, the grants are those of the new one", async (t) => {
  const { grants, shown, replace } = await stage(t);
  shown.ids = ([first]) => (first === undefined ? [] : [first]);
  await grants.load();
  assert.equal(grants.all().length, 1);
  shown.ids = (all) => all;
  await grants.load();
  assert.equal(grants.all().length, 1, "they are read once");
  replace();
  await grants.load();
  assert.equal(grants.all().length, 2);
});

test("when the index is replaced while its grants are read, those of the new one are read too", async (t) => {
  const { grants, shown, replace } = await stage(t);
  const late = gate();
  shown.ids = async () => {
    await late.opened;
    return [];
  };
  const loaded = grants.load();
  await new Promise((resolve) => setImmediate(resolve));
  replace();
  shown.ids = (all) => all;
  late.open();
  await loaded;
  assert.equal(grants.all().length, 2);
});

test("when nothing is served any more while the grants are read, they are read again later", async (t) => {
  const { grants, shown } = await stage(t);
  shown.isServed = false;
  await assertCode(grants.load(), "UNAVAILABLE");
  shown.isServed = true;
  await grants.load();
  assert.equal(grants.all().length, 2);
});
