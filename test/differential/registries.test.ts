import assert from "node:assert/strict";
import { test } from "node:test";
import { type ContractTransactionResponse, type Log as EthersLog, ZeroAddress } from "ethers";
import fc from "fast-check";
import type { Log } from "../../resolver/chain/chain-reader.ts";
import type { Address, Hash } from "../../resolver/primitives/hex.ts";
import { hashChunks, type StatusChunk, type StatusListState } from "../../resolver/status/apply-status-event.ts";
import { isAccredited, standingOf } from "../../resolver/trust/accreditation.ts";
import { label, now, setNextTime } from "../helpers/contracts.ts";
import { DAY, deployTrust, YEAR } from "../helpers/grants.ts";
import { manyReads } from "../helpers/many-reads.ts";
import { runs } from "../helpers/property.ts";
import { BASE_URI, change, grantId, REASON, SIZE, TYPE_ID } from "../helpers/registries.ts";
import { TrustIndex } from "../helpers/trust-index.ts";

const SEQUENCES = Number(process.env.DIFFERENTIAL_SEQUENCES ?? 300);
const ACTORS = 4;

const who = fc.nat({ max: ACTORS - 1 });
const which = fc.nat({ max: 7 });
const mask = fc.constantFrom(0n, 1n, 0b110n, 1n << 255n, 2n ** 256n - 1n);
const days = fc.integer({ min: -20, max: 20 }).map(BigInt);

/** One call, whether or not the contract allows it. */
const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ call: fc.constant("root" as const), to: who, start: days, end: days }) },
  {
    weight: 4,
    arbitrary: fc.record({
      call: fc.constant("grant" as const),
      parent: which,
      by: who,
      to: who,
      start: days,
      end: days,
    }),
  },
  { weight: 4, arbitrary: fc.record({ call: fc.constant("accept" as const), grant: which }) },
  { weight: 2, arbitrary: fc.record({ call: fc.constant("extend" as const), grant: which, by: who, to: days }) },
  { weight: 3, arbitrary: fc.record({ call: fc.constant("withdraw" as const), grant: which, by: who, from: days }) },
  { weight: 1, arbitrary: fc.record({ call: fc.constant("deactivate" as const), who }) },
  { weight: 1, arbitrary: fc.record({ call: fc.constant("delegate" as const), who, to: who, suspend: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ call: fc.constant("list" as const), by: who, number: fc.nat({ max: 1 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      call: fc.constant("update" as const),
      list: which,
      by: who,
      words: fc.uniqueArray(fc.constantFrom(0n, 1n, 511n, 512n), { minLength: 1, maxLength: 3 }),
      revoke: mask,
      suspend: mask,
      reinstate: mask,
    }),
  },
  { weight: 1, arbitrary: fc.record({ call: fc.constant("close" as const), list: which, by: who }) },
  { weight: 1, arbitrary: fc.record({ call: fc.constant("checkpoint" as const), list: which, by: who }) },
  {
    weight: 2,
    arbitrary: fc.record({ call: fc.constant("wait" as const), days: fc.integer({ min: 1, max: 15 }).map(BigInt) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

test(`${SEQUENCES} random sequences of calls: contracts and resolver agree on state, heads and roots after each`, async () => {
  const chain = await deployTrust();
  const { ethers, trust, status, did, council, ministry, issuer, delegate, stranger } = chain;
  const actors = [ministry, issuer, delegate, stranger];
  const lower = (value: string) => value.toLowerCase() as Address;
  const addresses = { trust: lower(String(trust.target)), status: lower(String(status.target)) };

  // Two roots with a child: from nothing, most calls of a short sequence would be refused.
  const parent = await chain.acceptedRoot(ministry, { notBefore: chain.start - YEAR });
  await chain.acceptedBelow(parent, ministry, issuer, { notBefore: chain.start - 30n * DAY });
  await chain.acceptedRoot(delegate, { notAfter: chain.start + 40n * DAY });
  await status.connect(issuer).createList(issuer.address, 0n, SIZE, TYPE_ID, BASE_URI);

  const known = new TrustIndex(31_337, addresses);
  const catchUp = async (index: TrustIndex, fromBlock: number) => {
    const address = [addresses.trust, addresses.status];
    for (const log of await ethers.provider.getLogs({ address, fromBlock })) {
      const time = Number((await ethers.provider.getBlock(log.blockNumber))?.timestamp);
      if (log.topics.length !== 3) continue; // about roles
      if (lower(log.address) === addresses.trust) index.applyTrust(asLog(log), time);
      else index.applyStatus(asLog(log), time);
    }
  };
  await catchUp(known, 0);

  const grantsOf = (index: TrustIndex) => [...index.grants.values()];
  const send = async (one: Step, index: TrustIndex): Promise<ContractTransactionResponse | undefined> => {
    const time = await now(chain);
    const actor = (number: number) => actors[number] ?? assert.fail();
    const grants = grantsOf(index);
    const grant = (number: number) => grants[number % grants.length] ?? assert.fail();
    const lists = [...index.lists.values()];
    const list = (of: { list: number }) => lists[of.list % lists.length]?.state ?? assert.fail();
    /** Mostly the list's issuer, else the first account. */
    const writer = (of: { list: number; by: number }) =>
      (of.by === 0 ? undefined : actors.find(({ address }) => lower(address) === list(of).origin?.issuer)) ?? actor(0);
    const bounds = (start: bigint, end: bigint) => [time + start * DAY, time + end * DAY] as const;
    switch (one.call) {
      case "root":
        return trust
          .connect(council)
          .grantRoot(TYPE_ID, actor(one.to).address, ...bounds(one.start, one.end), true, "행안부");
      case "grant": {
        const above = grant(one.parent);
        const by =
          one.by === 0 ? actor(0) : (actors.find(({ address }) => lower(address) === above.subject) ?? actor(one.by));
        const [start, end] = bounds(one.start, one.end);
        const notBefore = one.start < 0n ? BigInt(above.notBefore) : start;
        const notAfter = one.end > 0n ? BigInt(above.notAfter) : end;
        return trust
          .connect(by)
          .grant(above.grantId, actor(one.to).address, notBefore, notAfter, one.to !== 3, "a\u202e");
      }
      case "accept": {
        const { subject, grantId: id } = grant(one.grant);
        return trust.connect(actors.find(({ address }) => lower(address) === subject) ?? null).accept(id);
      }
      case "extend": {
        const extended = grant(one.grant);
        const above = grants.find(({ grantId: id }) => id === extended.parent);
        /** Mostly who may: governance a root, else the subject of the grant above. */
        const rightful = above ? actors.find(({ address }) => lower(address) === above.subject) : council;
        const by = one.by === 0 ? actor(0) : (rightful ?? actor(0));
        const to = one.to > 0n ? BigInt(above?.notAfter ?? extended.notAfter + 86_400) : time + one.to * DAY;
        return trust.connect(by).extend(extended.grantId, to);
      }
      case "withdraw": {
        const by = one.by === 3 ? council : actor(one.by);
        return trust.connect(by).withdraw(grant(one.grant).grantId, one.from === 0n ? 0n : time + one.from * DAY);
      }
      case "deactivate": {
        const sent = await did.connect(actor(one.who)).changeOwner(actor(one.who).address, ZeroAddress);
        index.deactivated.set(lower(actor(one.who).address), { block: 0, time: Number(await now(chain)) });
        return sent;
      }
      case "delegate":
        return did
          .connect(actor(one.who))
          .addDelegate(
            actor(one.who).address,
            label(one.suspend ? "suspend" : "status"),
            actor(one.to).address,
            10n * DAY,
          );
      case "list":
        return status
          .connect(actor(one.by))
          .createList(actor(one.by).address, BigInt(one.number), SIZE, TYPE_ID, BASE_URI);
      case "update": {
        const { revoke, suspend, reinstate } = one;
        const changes = one.words.map((word) => change(word, { revoke, suspend, reinstate }));
        return status.connect(writer(one)).update(list(one).list, changes, REASON);
      }
      case "close":
        return status.connect(writer(one)).close(list(one).list);
      case "checkpoint":
        return status.connect(writer(one)).checkpoint(list(one).list, 0n, 4n);
      case "wait":
        await setNextTime(chain, time + one.days * DAY);
        await ethers.provider.send("evm_mine", []);
        return undefined;
    }
  };

  const reader = await manyReads(chain);
  const [readTrust, readStatus] = [trust.connect(reader), status.connect(reader)];
  const compare = async (index: TrustIndex) => {
    const time = await now(chain);
    const compareGrant = async (id: Hash) => {
      const at = [time, time - 5n * DAY];
      const standings = at.map((moment) => standingOf(index.lookup, id, Number(moment)));
      const held = await Promise.all(at.map((moment) => readTrust.holds(id, moment)));
      assert.deepEqual(
        held,
        standings.map(({ holds }) => holds),
        `${id} at ${at}: ${standings.map(({ reason }) => reason)}`,
      );
    };
    const compareActor = async ({ address }: { address: string }) => {
      const own = grantsOf(index).filter(({ subject }) => subject === lower(address));
      const ids = own.map(({ grantId: id }) => id);
      assert.equal(await readTrust.isAccredited(TYPE_ID, address), isAccredited(index.lookup, ids, Number(time)));
    };
    const compareList = async ({ list, origin, typeId, size, closed }: StatusListState) => {
      const { issuer: by, ...of } = (await readStatus.listOf(list)).toObject();
      assert.deepEqual([lower(by), of.typeId, Number(of.size), of.closed], [origin?.issuer, typeId, size, closed]);
    };
    const compareChunks = async (list: Hash, chunks: ReadonlyMap<number, StatusChunk>, from: number, count: number) => {
      const stored = await readStatus.words(list, BigInt(from), BigInt(count));
      const found = new Map(stored.map(({ revoked, suspended }, at) => [from + at, { revoked, suspended }]));
      assert.equal(hashChunks(chunks, from, count), hashChunks(found, from, count));
    };
    const equal = async (read: Promise<string>, expected: string) => assert.equal(await read, expected);
    await Promise.all([
      equal(readTrust.root(), index.roots.trust),
      equal(readStatus.root(), index.roots.status),
      ...grantsOf(index).flatMap(({ grantId: id, head }) => [equal(readTrust.head(id), head), compareGrant(id)]),
      ...actors.map(compareActor),
      ...[...index.lists.values()].flatMap(({ state, chunks }) => [
        equal(readStatus.head(state.list), state.head),
        compareList(state),
        compareChunks(state.list, chunks, 0, 2),
        compareChunks(state.list, chunks, 511, 1),
      ]),
    ]);
  };

  let [written, refused] = [0, 0];
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 6 }), async (steps) => {
      const snapshot = await ethers.provider.send("evm_snapshot", []);
      const index = known.clone();
      try {
        for (const one of steps) {
          const before = await ethers.provider.getBlockNumber();
          try {
            if (await send(one, index)) written++;
          } catch (error) {
            if (!(error instanceof Error && "data" in error)) throw error;
            refused++;
          }
          await catchUp(index, before + 1);
          await compare(index);
        }
      } finally {
        await ethers.provider.send("evm_revert", [snapshot]);
      }
    }),
    runs(SEQUENCES),
  );
  assert(written > 0 && refused > 0, `${written} written, ${refused} refused`);
  assert.equal(grantId(TYPE_ID, ministry.address), parent);
});

function asLog({ address, topics, data, blockNumber, blockHash, transactionHash, index }: EthersLog): Log {
  return {
    address: address.toLowerCase() as Address,
    topics: topics as Hash[],
    data: data as Hash,
    blockNumber,
    blockHash: blockHash as Hash,
    transactionHash: transactionHash as Hash,
    logIndex: index,
  };
}
