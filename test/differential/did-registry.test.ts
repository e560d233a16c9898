import assert from "node:assert/strict";
import { test } from "node:test";
import { type ContractTransactionResponse, ZeroAddress } from "ethers";
import fc from "fast-check";
import type { Log } from "../../resolver/chain/chain-reader.ts";
import { applyDidEvent, type DidState } from "../../resolver/did/apply-event.ts";
import { decodeDidLog } from "../../resolver/did/decode-log.ts";
import { type Entry, entriesInForce, entryBytes, MAX_ENTRY_BYTES } from "../../resolver/did/entries.ts";
import { HEAD_KIND, headSeed, nextRoot } from "../../resolver/primitives/head.ts";
import { type Address, type Hash, word, ZERO_HASH } from "../../resolver/primitives/hex.ts";
import { type DidRegistry, deployRegistry, label, now, setNextTime } from "../helpers/contracts.ts";
import { manyReads } from "../helpers/many-reads.ts";
import { runs } from "../helpers/property.ts";

/** `npm test` has few; docs/analysis.md has the date of the large run. */
const SEQUENCES = Number(process.env.DIFFERENTIAL_SEQUENCES ?? 30);
const CHAIN_ID = 31_337;
const LONG = 100_000n;

const TYPES = ["status", "veriKey", "sigAuth"].map(label);
const DELEGATES = [1, 2, 3].map(delegateOf);
const NOTE = label("note");

const step = fc.record({
  call: fc.oneof(
    { weight: 6, arbitrary: fc.constant("add" as const) },
    { weight: 4, arbitrary: fc.constant("revoke" as const) },
    { weight: 4, arbitrary: fc.constant("attribute" as const) },
    { weight: 2, arbitrary: fc.constant("revokeAttribute" as const) },
    { weight: 2, arbitrary: fc.constant("changeOwner" as const) },
    { weight: 1, arbitrary: fc.constant("deactivate" as const) },
    { weight: 2, arbitrary: fc.constant("multicall" as const) },
  ),
  identity: fc.nat({ max: 2 }),
  /** Mostly the owner. */
  by: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat({ max: 2 }) }),
  to: fc.nat({ max: 2 }),
  type: fc.constantFrom(...TYPES),
  delegate: fc.constantFrom(...DELEGATES),
  note: fc.record({ at: fc.nat({ max: 2 }), bytes: fc.constantFrom(2, 4_096) }),
  validity: fc.constantFrom(0n, 5n, 1_000n),
  wait: fc.constantFrom(1n, 5n, 6n, 50n),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

test(`${SEQUENCES} random sequences of writes: registry and fold agree on owners, delegates, heads and the root after each`, async () => {
  const deployment = await deployRegistry();
  const { registry, ethers, alice, bob, carol, address } = deployment;
  const identities = [alice, bob, carol];
  await fillRoom(registry.connect(alice), alice.address);
  await takeDelegates(registry.connect(carol), carol.address, 1_023);

  const known: Folded = {
    states: new Map(),
    root: headSeed({ chainId: CHAIN_ID, registry: lower(address) }, HEAD_KIND.root),
  };
  const catchUp = async (folded: Folded, fromBlock: number) => {
    for (const log of await ethers.provider.getLogs({ address, fromBlock })) {
      const { index: logIndex, ...place } = log;
      const read = { ...place, logIndex, topics: [...log.topics] as Hash[] } as object as Log;
      const block = await ethers.provider.getBlock(log.blockNumber);
      const event = decodeDidLog(read, Number(block?.timestamp));
      const state = applyDidEvent(folded.states.get(event.identity), event, CHAIN_ID);
      folded.states.set(event.identity, state);
      folded.root = nextRoot(folded.root, state.head);
    }
  };
  await catchUp(known, 0);

  const send = async (one: Step, { states }: Folded): Promise<ContractTransactionResponse> => {
    const identity = identities[one.identity]?.address ?? assert.fail();
    const owner = states.get(lower(identity))?.owner ?? lower(identity);
    const rightful = identities.find((signer) => lower(signer.address) === owner);
    const by = one.by === null ? (rightful ?? alice) : (identities[one.by] ?? assert.fail());
    const as = registry.connect(by);
    const note = noteOf(one.note.at, one.note.bytes);
    const call = (name: string, args: unknown[]) => registry.interface.encodeFunctionData(name, args);
    switch (one.call) {
      case "add":
        return as.addDelegate(identity, one.type, one.delegate, one.validity);
      case "revoke":
        return as.revokeDelegate(identity, one.type, one.delegate);
      case "attribute":
        return as.setAttribute(identity, NOTE, note, one.validity);
      case "revokeAttribute":
        return as.revokeAttribute(identity, NOTE, note);
      case "changeOwner":
        return as.changeOwner(identity, identities[one.to]?.address ?? assert.fail());
      case "deactivate":
        return as.changeOwner(identity, ZeroAddress);
      case "multicall":
        // Freeing a place and taking it in one block, and an attribute after both.
        return as.multicall([
          call("revokeDelegate", [identity, one.type, one.delegate]),
          call("addDelegate", [identity, one.type, one.delegate, one.validity]),
          call("setAttribute", [identity, NOTE, note, one.validity]),
        ]);
    }
  };

  const reader = registry.connect(await manyReads(deployment));
  const compare = async ({ states, root }: Folded) => {
    const time = Number(await now(deployment));
    const compareIdentity = async (identity: Address) => {
      const state = states.get(identity);
      const held = entriesInForce(state?.entries ?? [], time);
      assert(entryBytes(held) <= MAX_ENTRY_BYTES);
      const [owner, last, deactivatedAt, changed, head] = await Promise.all([
        reader.identityOwner(identity),
        reader.lastOwner(identity),
        reader.deactivatedAt(identity),
        reader.changed(identity),
        reader.head(word(identity)),
      ]);
      assert.equal(lower(last), state?.owner ?? identity);
      assert.equal(lower(owner), state?.deactivated ? ZeroAddress : lower(last));
      assert.equal(Number(deactivatedAt), state?.deactivated?.time ?? 0);
      assert.equal(Number(changed), state?.updated.block ?? 0);
      assert.equal(head, state?.head ?? ZERO_HASH);
      const pairs = TYPES.flatMap((type) => DELEGATES.map((delegate) => ({ type, delegate })));
      const valid = await Promise.all(
        pairs.map(({ type, delegate }) => reader.validDelegate(identity, type, delegate)),
      );
      const isHeld = pairs.map(
        ({ type, delegate }) => !state?.deactivated && held.some((entry) => isDelegate(entry, type, delegate)),
      );
      assert.deepEqual(isHeld, valid);
    };
    await Promise.all([
      reader.root().then((found) => assert.equal(found, root)),
      ...identities.map((signer) => compareIdentity(lower(signer.address))),
    ]);
  };

  const refusals = new Map<string, number>();
  let written = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async (steps) => {
      const snapshot = await ethers.provider.send("evm_snapshot", []);
      const folded: Folded = { states: new Map(known.states), root: known.root };
      try {
        for (const one of steps) {
          const before = await ethers.provider.getBlockNumber();
          await setNextTime(deployment, (await now(deployment)) + one.wait);
          try {
            await send(one, folded);
            written++;
          } catch (error) {
            if (!(error instanceof Error && "data" in error)) throw error;
            const name = registry.interface.parseError(String(error.data))?.name ?? "";
            refusals.set(name, (refusals.get(name) ?? 0) + 1);
          }
          await catchUp(folded, before + 1);
          await compare(folded);
        }
      } finally {
        await ethers.provider.send("evm_revert", [snapshot]);
      }
    }),
    { ...runs(SEQUENCES), endOnFailure: true },
  );
  assert(written > 0);
  const expected = ["DidRegistryDeactivated", "DidRegistryTooManyDelegates", "DidRegistryUnauthorized"];
  const met = [...refusals.keys()].sort();
  // A few sequences need not meet the rarest one.
  if (SEQUENCES >= 1_000) assert.deepEqual(met, expected, `${written} written`);
  else assert(met.length > 0 && met.every((name) => expected.includes(name)), met.join());
});

/** All identities by address, and the registry's root. */
interface Folded {
  readonly states: Map<Address, DidState>;
  root: Hash;
}

/** Sixteen attributes that leave no room for another one of more than 32 bytes. */
async function fillRoom(own: DidRegistry, identity: string): Promise<void> {
  const rest = MAX_ENTRY_BYTES - 15 * (32 + 4_096) - 32;
  for (let at = 0; at < 16; at++) {
    await own.setAttribute(identity, NOTE, noteOf(100 + at, at < 15 ? 4_096 : rest), LONG);
  }
}

/** Delegates other than {@link DELEGATES}, so that few more may be added. */
async function takeDelegates(own: DidRegistry, identity: string, count: number): Promise<void> {
  const calls = Array.from({ length: count }, (_, at) =>
    own.interface.encodeFunctionData("addDelegate", [identity, label("note"), delegateOf(100 + at), LONG]),
  );
  for (let from = 0; from < count; from += 100) await own.multicall(calls.slice(from, from + 100));
}

function delegateOf(at: number): Address {
  return `0x${at.toString(16).padStart(40, "0")}`;
}

function noteOf(at: number, bytes: number): Hash {
  return `0x${at.toString(16).padStart(4, "0")}${"00".repeat(bytes - 2)}`;
}

function isDelegate({ kind, name, value }: Entry, type: string, delegate: Address): boolean {
  return kind === "delegate" && name === type && value === delegate;
}

function lower(value: string): Address {
  return value.toLowerCase() as Address;
}
