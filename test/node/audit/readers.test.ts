import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_READERS } from "../../../node/audit/bounds.ts";
import { startAudit } from "../../../node/audit/server.ts";
import { ChainSimulator } from "../../helpers/chain-simulator.ts";
import { changed } from "../../helpers/memory-index.ts";
import { until } from "../../helpers/real-node.ts";
import { followChain } from "../../helpers/served-chain.ts";
import { gate } from "../http/harness.ts";

test("no more questions than may be are answered at the same time, also while the grants are read for the first one", async (t) => {
  const chain = new ChainSimulator();
  const { node, network, index, now } = await followChain(chain);
  const late = gate();
  const { url, close } = await startAudit({
    index: changed(index, {
      hold() {
        const held = index.hold();
        return held && { ...held, ids: (kind) => late.opened.then(() => held.ids(kind)) };
      },
    }),
    network,
    chain,
    auditors: null,
    expectFit: () => undefined,
    now,
    onFault: (error) => assert.fail(String(error)),
    host: "127.0.0.1",
    port: 0,
  });
  t.after(async () => {
    await close();
    await node.stop();
  });
  const statuses: number[] = [];
  const asked = Array.from({ length: MAX_READERS + 4 }, async () => {
    const { status } = await fetch(`${url}/audit/changes`);
    statuses.push(status);
  });
  await until(() => statuses.length === 4);
  assert.deepEqual(statuses, [503, 503, 503, 503]);
  late.open();
  await Promise.all(asked);
  assert.equal(statuses.filter((status) => status === 200).length, MAX_READERS);
});
