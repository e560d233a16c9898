import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Log } from "../../resolver/chain/chain-reader.ts";
import { applyDidEvent, type DidState } from "../../resolver/did/apply-event.ts";
import { decodeDidLog } from "../../resolver/did/decode-log.ts";
import { entriesInForce, entryBytes, MAX_ENTRY_BYTES } from "../../resolver/did/entries.ts";
import type { Address, Hash } from "../../resolver/primitives/hex.ts";
import { deployRegistry, label, now, setNextTime } from "../helpers/contracts.ts";
import { runs } from "../helpers/property.ts";

const TYPES = ["status", "veriKey", "sigAuth"].map(label);
const DELEGATES = [1, 2, 3].map((at): Address => `0x${at.toString(16).padStart(40, "0")}`);
const NOTE = label("note");

const step = fc.record({
  call: fc.constantFrom("add", "add", "revoke", "attribute"),
  type: fc.constantFrom(...TYPES),
  delegate: fc.constantFrom(...DELEGATES),
  validity: fc.constantFrom(0n, 5n, 1_000n),
  wait: fc.constantFrom(1n, 5n, 6n, 50n),
  full: fc.boolean(),
});

test("after any writes the state has the delegates that validDelegate has, also where attributes fill the room", async () => {
  const deployment = await deployRegistry();
  const { registry, ethers, alice, bob, carol, address } = deployment;
  const owners = [alice, bob, carol];
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async (steps) => {
      const owner = owners[round++ % owners.length] ?? assert.fail();
      const own = registry.connect(owner);
      const note = (at: number, bytes: number) => `0x${at.toString(16).padStart(4, "0")}${"00".repeat(bytes - 2)}`;
      if (steps[0]?.full) {
        const rest = MAX_ENTRY_BYTES - 15 * (32 + 4_096) - 32;
        for (let at = 0; at < 16; at++) {
          await own.setAttribute(owner.address, NOTE, note(at, at < 15 ? 4_096 : rest), 100_000n);
        }
      }
      for (const { call, type, delegate, validity, wait } of steps) {
        await setNextTime(deployment, (await now(deployment)) + wait);
        if (call === "add") await own.addDelegate(owner.address, type, delegate, validity);
        else if (call === "revoke") await own.revokeDelegate(owner.address, type, delegate);
        else await own.setAttribute(owner.address, NOTE, note(99, 4_096), validity);
      }
      const time = Number(await now(deployment));
      const topics = [null, `0x${"0".repeat(24)}${owner.address.slice(2).toLowerCase()}`];
      let state: DidState | undefined;
      for (const log of await ethers.provider.getLogs({ address, topics, fromBlock: 0 })) {
        const block = await ethers.provider.getBlock(log.blockNumber);
        const { index: logIndex, ...place } = log;
        const read = { ...place, logIndex, topics: [...log.topics] as Hash[] } as object as Log;
        state = applyDidEvent(state, decodeDidLog(read, Number(block?.timestamp)), 31_337);
      }
      const held = entriesInForce(state?.entries ?? [], time);
      assert(entryBytes(held) <= MAX_ENTRY_BYTES);
      for (const type of TYPES) {
        for (const delegate of DELEGATES) {
          const valid = await registry.validDelegate(owner.address, type, delegate);
          const isHeld = held.some(
            ({ kind, name, value }) => kind === "delegate" && name === type && value === delegate,
          );
          assert.equal(isHeld, valid, `${type} ${delegate}`);
        }
      }
    }),
    { ...runs(12), endOnFailure: true },
  );
});
