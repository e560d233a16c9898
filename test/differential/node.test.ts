import assert from "node:assert/strict";
import { test } from "node:test";
import type { BaseContract, Result } from "ethers";
import fc from "fast-check";
import { heldIndex } from "../../node/index/live-index.ts";
import { rpcReader } from "../../resolver/chain/rpc/rpc-reader.ts";
import type { Address, Hash } from "../../resolver/primitives/hex.ts";
import { standingOf } from "../../resolver/trust/accreditation.ts";
import { now } from "../helpers/contracts.ts";
import { DAY, deployTrust, YEAR } from "../helpers/grants.ts";
import { manyReads } from "../helpers/many-reads.ts";
import { describeRegistries, inProcessRpc } from "../helpers/network.ts";
import { runs } from "../helpers/property.ts";
import { RandomCalls, randomCall } from "../helpers/random-calls.ts";
import { BASE_URI, SIZE, TYPE_ID } from "../helpers/registries.ts";
import { SimulatedNode } from "../helpers/simulated-node.ts";
import { type Cases, didCases, grantLookup, statesOf, statusCases, storedGrant, trustCases } from "./node-getters.ts";
import { compareWriters, someOf } from "./node-writers.ts";

/** `npm test` has few; each continues on the chain that the ones before left. */
const SEQUENCES = Number(process.env.DIFFERENTIAL_SEQUENCES ?? 10);
/** Calls of a sequence; then everything is compared. */
const CALLS = 20;
/** Reads of contracts in one call. */
const READS = 150;

/** Getters about what a node does not hold: `mapae network roles` reads delays and the pending admin from the contract. */
const NOT_HELD = new Set([
  ...["defaultAdminDelay", "defaultAdminDelayIncreaseWait", "pendingDefaultAdmin", "pendingDefaultAdminDelay"],
  ...["supportsInterface", "getRoleAdmin"],
]);

test(`${SEQUENCES} sequences of random calls, sent, relayed and doubled: every getter of every registry returns what a node holds`, async () => {
  const chain = await deployTrust();
  const { did, trust, status, council, ministry, issuer, delegate, stranger, others } = chain;
  const signers = [ministry, issuer, delegate, stranger, council, ...others.slice(0, 4)];
  const accounts = signers.map(({ address }) => address.toLowerCase() as Address);
  // As many links as there may be, and a list: from nothing, most calls of the first sequences would be refused.
  const parent = await chain.acceptedRoot(ministry, { notBefore: chain.start - YEAR });
  const second = await chain.acceptedBelow(parent, ministry, issuer, { notBefore: chain.start - 30n * DAY });
  const third = await chain.acceptedBelow(second, issuer, delegate);
  await chain.acceptedBelow(third, delegate, stranger);
  await status.connect(issuer).createList(issuer.address, 0n, SIZE, TYPE_ID, BASE_URI);

  const network = await describeRegistries(chain);
  const reader = rpcReader(inProcessRpc(chain));
  const node = await SimulatedNode.start({ network, readers: [reader] });
  const { index } = node;
  const held = { index, reader, network, accounts };
  const settle = async () => {
    node.clock.seconds = Number(await now(chain));
    await node.settle();
  };

  const runner = await manyReads(chain);
  const read = async (contract: BaseContract, name: string, args: readonly unknown[]) =>
    (contract.connect(runner) as BaseContract).getFunction(name)(...args);
  const compare = async (contract: BaseContract, cases: Cases) => {
    const reads = Object.entries(cases).flatMap(([name, some]) => some.map((one) => ({ name, one })));
    for (let from = 0; from < reads.length; from += READS) {
      await Promise.all(
        reads.slice(from, from + READS).map(async ({ name, one: [args, result] }) => {
          assert.deepEqual(plain(await read(contract, name, args)), plain(result), `${name}(${args.join()})`);
        }),
      );
    }
  };
  const compareGrants = async () => {
    const lookup = grantLookup(index);
    const time = index.asOf()?.time ?? assert.fail();
    for (const grant of await statesOf(index, "grant")) {
      const stored = ((await read(trust, "grantOf", [grant.grantId])) as Result).toObject();
      const { ownWithdrawals, otherWithdrawals, ...members } = stored;
      assert.deepEqual(plain(members), plain(await storedGrant(index, grant)));
      assert(ownWithdrawals <= 8n && otherWithdrawals <= 8n);
      const places = [...((await read(trust, "openGrants", [grant.typeId, grant.subject])) as Hash[])];
      // A grant that holds has a place of its own; the others are free, or were taken by accepted grants that are over.
      if (standingOf(lookup, grant.grantId, time).holds)
        assert.equal(places.filter((id) => id === grant.grantId).length, 1);
      for (const id of places) assert(/^0x0+$/.test(id) || index.state("grant", id)?.accepted, id);
    }
  };

  const calls = new RandomCalls(chain, signers);
  let [written, refused] = [0, 0];
  const names = new Map<BaseContract, Set<string>>();
  await fc.assert(
    fc.asyncProperty(fc.array(randomCall, { minLength: CALLS, maxLength: CALLS }), async (sequence) => {
      for (const one of sequence) {
        await settle();
        await using held = heldIndex(index);
        const idsOf = async (kind: "type" | "grant" | "list") => (await held.ids(kind)) as Hash[];
        const ids = { grant: await idsOf("grant"), list: await idsOf("list") };
        const types = await idsOf("type");
        try {
          await calls.send(one, { types, ids, state: (kind, id) => index.state(kind, id) });
          written++;
        } catch (error) {
          if (!(error instanceof Error && "data" in error)) throw error;
          refused++;
        }
      }
      await settle();
      for (const [contract, cases] of [
        [did, didCases(held)],
        [trust, await trustCases(held)],
        [status, await statusCases(held)],
      ] as const) {
        await compare(contract, cases);
        names.set(contract, new Set(Object.keys(cases)));
      }
      await compareGrants();
      const grants = await statesOf(index, "grant");
      for (const grant of someOf(grants, index.asOf()?.number ?? 0, 4)) {
        await compareWriters(held, trust, chain.ethers.provider, grant);
      }
    }),
    { ...runs(SEQUENCES), endOnFailure: true },
  );
  assert(written > SEQUENCES, `${written} written, ${refused} refused`);
  for (const contract of [did, trust, status]) {
    const compared = names.get(contract) ?? new Set();
    const left = contract.interface.fragments.flatMap((fragment) => {
      const {
        type,
        name = "",
        stateMutability,
      } = fragment as { type: string; name?: string; stateMutability?: string };
      const isGetter = type === "function" && (stateMutability === "view" || stateMutability === "pure");
      return isGetter && !compared.has(name) && !NOT_HELD.has(name) ? [name] : [];
    });
    assert.deepEqual(left.sort(), contract === trust ? ["grantOf", "openGrants"] : []);
  }
});

/** A result as plain data: numbers in decimal, hex in lower case, structs as lists. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint" || typeof value === "number") return String(value);
  if (typeof value === "string") return value.toLowerCase();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
}
