import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { type DIDResolutionResult, Resolver } from "did-resolver";
import { BrowserProvider, dataSlice, id, zeroPadValue } from "ethers";
import { getResolver as getEthrResolver } from "ethr-did-resolver";
import fc from "fast-check";
import { rpcReader } from "../../resolver/chain/rpc/rpc-reader.ts";
import { getResolver } from "../../resolver/get-resolver.ts";
import { type Deployment, deployRegistry, now } from "../helpers/contracts.ts";
import { type EthrEvent, EXCEPTIONS, type Facts } from "../helpers/ethr-exceptions.ts";
import { canonical, type View, viewOfOurs, viewOfTheirs } from "../helpers/ethr-view.ts";
import { everyDifference, history, writeHistory } from "../helpers/history.ts";
import { describeNetwork, inProcessRpc } from "../helpers/network.ts";
import { runs } from "../helpers/property.ts";

/** How many histories are written and held against `ethr-did-resolver`. */
const HISTORIES = 250;

/** Moments at or after the newest block at which one history's newest version is judged. */
const MOMENTS = 6;

// The stock types name ethers' CommonJS declarations, ours its ESM ones: the same classes, but not to the compiler.
type StockProvider = NonNullable<Parameters<typeof getEthrResolver>[0] extends { provider?: infer T } ? T : never>;

test("our document is that of ethr-did-resolver, but for the exceptions that the method names", async () => {
  const deployment = await deployRegistry();
  const { address } = deployment;
  const reader = rpcReader(inProcessRpc(deployment));
  const descriptor = await describeNetwork(deployment);
  const used = new Map(Object.keys(EXCEPTIONS).map((name) => [name, 0]));
  let identities = 0;
  let compared = 0;

  const property = fc.asyncProperty(history, async (history) => {
    const identity = dataSlice(id(`identity ${identities++}`), 12);
    const written = await writeHistory(deployment, identity, history);
    const events = await eventsOfIdentity(deployment, identity);
    assert.equal(events.length, written);

    const provider = rememberingProvider(deployment, descriptor.chainId);
    const resolver = new Resolver({
      ...getResolver({ networks: [{ descriptor, chain: reader }] }),
      ...getEthrResolver({
        networks: [{ name: "local", provider: provider as object as StockProvider, registry: address }],
      }),
    });
    const compare = async (query: string, upTo: number, moment: bigint) => {
      const [ours, theirs] = await atMoment(moment, () =>
        Promise.all([
          resolver.resolve(`did:mapae:local:${identity}${query}`),
          resolver.resolve(`did:ethr:local:${identity}${query}`),
        ]),
      );
      assertSame({ ours, theirs }, { events, upTo }, used);
      compared++;
    };
    try {
      const newest = await now(deployment);
      for (const moment of momentsAfter(newest, events)) await compare("", Number.POSITIVE_INFINITY, moment);
      const blocks = [...new Set(events.map(({ block }) => block))];
      if (blocks[0] !== undefined) await compare(`?versionId=${blocks[0] - 1}`, blocks[0] - 1, newest);
      for (const block of blocks) await compare(`?versionId=${block}`, block, newest);
    } finally {
      provider.destroy();
    }
  });
  await fc.assert(property, { ...runs(HISTORIES), examples: [[everyDifference]] });

  assert(compared > 4 * HISTORIES, `only ${compared} documents were compared`);
  // An exception that no history needs would hide a fault.
  for (const [name, times] of used) assert(times > 0, `the exception ${name} was never met`);
});

/** A provider for their library that asks nothing twice: while documents are compared nothing is written. */
function rememberingProvider({ ethers }: Deployment, chainId: number): BrowserProvider {
  const answers = new Map<string, Promise<unknown>>();
  const request = ({ method, params = [] }: { method: string; params?: unknown[] | Record<string, unknown> }) => {
    const question = JSON.stringify([method, params]);
    const answer = answers.get(question) ?? ethers.provider.send(method, params as unknown[]);
    answers.set(question, answer);
    return answer;
  };
  return new BrowserProvider({ request }, chainId, { staticNetwork: true, cacheTimeout: -1 });
}

/** Every event of an identity, by ethers alone. */
async function eventsOfIdentity({ ethers, registry, address }: Deployment, identity: string): Promise<EthrEvent[]> {
  const topics = [null, zeroPadValue(identity, 32)];
  const logs = await ethers.provider.getLogs({ address, topics, fromBlock: 0, toBlock: "latest" });
  return Promise.all(
    logs.map(async (log) => {
      const parsed = registry.interface.parseLog(log);
      assert(parsed);
      const { timestamp } = await log.getBlock();
      return { name: parsed.name, args: parsed.args.toObject(), block: log.blockNumber, time: timestamp };
    }),
  );
}

/** The newest block's moment, and around each at which something runs out. */
function momentsAfter(newest: bigint, events: readonly EthrEvent[]): bigint[] {
  const ends = events.flatMap(({ args }) =>
    typeof args.validTo === "bigint" ? [args.validTo, args.validTo + 1n] : [],
  );
  const moments = new Set([newest, ...ends.filter((end) => end > newest)]);
  return [...moments].sort((a, b) => Number(a - b)).slice(0, MOMENTS);
}

/** Both libraries read the same clock, which stands at this Unix time. */
async function atMoment<T>(moment: bigint, run: () => Promise<T>): Promise<T> {
  mock.timers.enable({ apis: ["Date"], now: Number(moment) * 1_000 });
  try {
    return await run();
  } finally {
    mock.timers.reset();
  }
}

function assertSame(
  { ours, theirs }: { ours: DIDResolutionResult; theirs: DIDResolutionResult },
  facts: Facts,
  used: Map<string, number>,
): void {
  let wanted: View | undefined = viewOfTheirs(theirs);
  for (const [name, translate] of Object.entries(EXCEPTIONS)) {
    const before: View = wanted;
    wanted = translate(before, facts);
    if (JSON.stringify(canonical(wanted)) !== JSON.stringify(canonical(before))) {
      used.set(name, (used.get(name) ?? 0) + 1);
    }
    if (wanted === undefined) break;
  }
  assert.deepEqual(canonical(viewOfOurs(ours)), canonical(wanted));
}
