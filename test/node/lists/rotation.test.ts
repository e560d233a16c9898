import assert from "node:assert/strict";
import { test } from "node:test";
import { newKey, signerOf } from "../../../node/issuing/key-file.ts";
import { verifyStatusJwt } from "../../../resolver/status/signed/verify-token.ts";
import { ChainSimulator } from "../../helpers/chain-simulator.ts";
import { DID, signer as old, publish, startServedNode } from "./served-node.ts";

const DAY = 86_400;
/** Seconds between blocks: less than a copy may be kept. */
const BLOCK = 290;

/** A rotation as docs/status.md says it, over some days. What the verifier saw, list by list. */
async function rotate(
  t: { after(end: () => Promise<void>): void },
  { days, oldEnds }: { days: number; oldEnds: (rotatedAt: number) => number },
) {
  const next = signerOf(newKey(DID, "EdDSA"));
  const chain = new ChainSimulator({ seconds: BLOCK });
  chain.mine([publish(old), { do: "list", identity: 1, list: 0 }]);
  const node = await startServedNode(t, { signers: [next, old], chain });
  const held: { readonly token: string; readonly keyId: string; readonly expiresAt: number }[] = [];
  const broken: string[] = [];
  for (let block = 0; block < (days * DAY) / BLOCK; block++) {
    if (block === 10) await node.mine(publish(next), publish(old, oldEnds(chain.tip.time + BLOCK)));
    else await node.mine();
    // Newly fetched: it always verifies, at once.
    const token = await (await node.get()).text();
    const { keyId, expiresAt } = await verifyStatusJwt(token, node.expected());
    if (held.at(-1)?.token !== token) held.push({ token, keyId, expiresAt });
    // And so does whatever anybody still holds that has not ended; the newest and the oldest of each key, for time's sake.
    const alive = held.filter((one) => node.state.now < one.expiresAt);
    const looked = new Set([
      ...alive.slice(0, 1),
      ...alive.slice(-2),
      alive.findLast((one) => one.keyId === old.keyId),
    ]);
    for (const one of looked) {
      if (one === undefined) continue;
      await verifyStatusJwt(one.token, node.expected()).catch(() => broken.push(one.token));
    }
  }
  return { held, broken, next, alarms: node.alarms };
}

test("while a key is rotated every list that is served or held verifies at every moment of its life", async (t) => {
  const { held, broken, next, alarms } = await rotate(t, { days: 1.5, oldEnds: (rotatedAt) => rotatedAt + DAY });
  const keys = held.map(({ keyId }) => keyId);
  const change = keys.indexOf(next.keyId);
  assert(change > 0, "the new key signs");
  assert(!keys.slice(change).includes(old.keyId), "and the old one signs no more");
  assert.deepEqual(broken, []);
  assert.deepEqual(alarms, []);
});

test("a key that ends too early leaves lists that verify no more, so that this file can fail", async (t) => {
  const { broken } = await rotate(t, { days: 0.2, oldEnds: (rotatedAt) => rotatedAt + 3_600 });
  assert(broken.length > 0);
});
