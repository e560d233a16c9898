import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { hangs } from "../../../cli/validators/examine.ts";
import type { ServerStatus } from "../../../cli/validators/server-status.ts";
import { RpcError } from "../../../resolver/index.ts";
import { startRpcServer } from "../../helpers/rpc-server.ts";
import recorded from "../../vectors/proofs/besu-headers.json" with { type: "json" };
import { answerOf, errorOf, mapae } from "../harness.ts";

const [{ validators, headers, genesis }] = recorded.chains as [(typeof recorded.chains)[0]];

interface Answer {
  readonly servers: readonly { readonly look: ServerStatus }[];
  readonly troubles: readonly string[];
}

interface State {
  head: number;
  /** Blocks that are made between two looks. */
  growth?: number;
  /** `null`: the server does not have the method. */
  peers?: number | null;
  idle?: string;
  extraData?: string;
}

/** Servers that answer as Besu does, of which a test says the newest block and who proposed how many. */
async function servers(t: TestContext, states: State[]) {
  const all = await Promise.all(
    states.map(async (state) => {
      const answer = (method: string): unknown => {
        const { head, growth = 0, peers = 3, idle, extraData = genesis.extraData } = state;
        if (method === "net_peerCount" && peers !== null) return `0x${peers.toString(16)}`;
        if (method === "qbft_getSignerMetrics")
          return validators.map((address) => ({ address, proposedBlockCount: address === idle ? "0x0" : "0x10" }));
        if (method === "eth_getBlockByNumber") state.head += growth;
        if (method === "eth_getBlockByNumber")
          return { number: `0x${head.toString(16)}`, timestamp: "0x65000000", extraData };
        throw new RpcError(method, { code: -32_601, message: "Method not found" });
      };
      const server = await startRpcServer(async (calls) => calls.map(([method]) => answer(method)));
      t.after(() => server[Symbol.asyncDispose]());
      return { state, url: server.url };
    }),
  );
  return { states: all.map(({ state }) => state), env: { MAPAE_RPC_URLS: all.map(({ url }) => url).join(",") } };
}

test("the rounds that Besu's recorded blocks took are read from them", async (t) => {
  const rounds = new Set<number>();
  const { states, env } = await servers(t, [{ head: 1 }]);
  const [state] = states;
  assert(state);
  for (const { extraData } of headers.slice(1)) {
    state.extraData = extraData;
    const outcome = await mapae(["validators", "show", "--json"], env);
    const { servers: seen } = JSON.parse(outcome.stdout) as Answer;
    const round = seen[0]?.look.round;
    assert(typeof round === "number");
    rounds.add(round);
  }
  assert(rounds.has(0) && [...rounds].some((round) => round > 0), `rounds ${[...rounds]}`);
});

test("a server that does not provide its peers is still asked for all else", async (t) => {
  const { env } = await servers(t, [{ head: 100, peers: null }, { head: 100 }]);
  const { servers: seen, troubles } = await answerOf<Answer>(["validators", "show"], env);
  assert.deepEqual([seen.map(({ look }) => look.peers), troubles], [[null, 3], []]);
  assert.match((await mapae(["validators", "show"], env)).stdout, /^server 0 .*, unknown peers/);
});

test("validators that are as they should be are no trouble; one behind, without peers, idle or silent is named by its place", async (t) => {
  const { states, env } = await servers(t, [{ head: 100 }, { head: 100 }, { head: 99 }]);
  const { troubles } = await answerOf<Answer>(["validators", "show"], env);
  assert.deepEqual(troubles, []);
  const [idle = ""] = validators;
  Object.assign(states[0] ?? {}, { head: 60, idle });
  Object.assign(states[1] ?? {}, { peers: 1, idle });
  const urls = `${env.MAPAE_RPC_URLS},http://user:secret@127.0.0.1:9`;
  const outcome = await mapae(["validators", "show", "--json"], { MAPAE_RPC_URLS: urls });
  const { code, message } = JSON.parse(outcome.stderr).error;
  assert.equal(code, "REFUSED");
  assert.match(message, /server 0 is 40 blocks behind/);
  assert.match(message, /server 1 is connected with 1 of 3 other validators/);
  assert.match(message, new RegExp(`validator ${idle} sealed none`));
  assert.match(message, /server 3 does not answer/);
  assert(!(outcome.stderr + outcome.stdout).includes("secret"));
});

test("the watchdog restarts a validator whose block stands while another's goes on, and no other", () => {
  const at = (head: number): ServerStatus => ({ head, time: 0, peers: 3, round: 0, activity: null });
  const own = (before: number | undefined, after: number | undefined) => ({
    before: before === undefined ? undefined : at(before),
    after: after === undefined ? undefined : at(after),
  });
  const cases: [wanted: boolean, why: string, ReturnType<typeof own>, ReturnType<typeof own>[]][] = [
    [true, "it stands, the chain goes on", own(50, 50), [own(50, 110), own(50, 109)]],
    [true, "it stands, one other is down", own(50, 50), [own(undefined, undefined), own(50, 109)]],
    [true, "it does not even answer", own(undefined, undefined), [own(50, 110)]],
    [false, "it goes on", own(50, 110), [own(50, 110)]],
    [false, "it is behind and catches up", own(10, 40), [own(50, 110)]],
    [false, "nobody makes blocks", own(50, 50), [own(50, 50), own(50, 50)]],
    [false, "nobody else answers", own(50, 50), [own(undefined, undefined)]],
    [false, "the others were behind, and catch up", own(50, 50), [own(10, 50)]],
    [false, "it has just started", own(undefined, 12), [own(50, 110)]],
    [false, "there is nobody to compare with", own(50, 50), []],
  ];
  for (const [wanted, why, mine, others] of cases) assert.equal(hangs(mine, others), wanted, why);
});

test("as a command the watchdog succeeds for a validator that hangs, fails for one that does not, and wants a second server", async (t) => {
  const { states, env } = await servers(t, [{ head: 50 }, { head: 50 }]);
  const refused = async (variables: Record<string, string>) =>
    errorOf(await mapae(["validators", "hung", "--for", "1s", "--json"], variables));
  assert.equal((await refused(env)).code, "REFUSED");
  assert.equal((await refused({ MAPAE_RPC_URLS: env.MAPAE_RPC_URLS.split(",")[0] ?? "" })).code, "USAGE");
  Object.assign(states[1] ?? {}, { growth: 10 });
  const { heads } = await answerOf<{ heads: unknown }>(["validators", "hung", "--for", "1s"], env);
  assert.deepEqual(heads, [
    { before: 50, after: 50 },
    { before: 50, after: 60 },
  ]);
});
