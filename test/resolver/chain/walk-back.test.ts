import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChainReader, Header, Log } from "../../../resolver/chain/chain-reader.ts";
import { readIdentity } from "../../../resolver/chain/read-identity.ts";
import { RpcError, RpcFailure } from "../../../resolver/chain/rpc/rpc.ts";
import { rpcReader } from "../../../resolver/chain/rpc/rpc-reader.ts";
import type { Address } from "../../../resolver/primitives/hex.ts";
import { deployRegistry } from "../../helpers/contracts.ts";
import { name32 } from "../../helpers/keys.ts";
import { describeNetwork, inProcessRpc } from "../../helpers/network.ts";

// A server that gives the logs of few blocks at once, on a real chain: a DID that changed in six blocks, far apart.

const CHANGES = 6;
const GAP = 300;

async function setUp() {
  const deployment = await deployRegistry();
  const { registry, alice, bob, ethers } = deployment;
  const network = await describeNetwork(deployment);
  for (let at = 0; at < CHANGES; at++) {
    await registry.setAttribute(alice.address, name32("did/pub/P256/veriKey"), `0x0${at}`, 60n);
    await ethers.provider.send("hardhat_mine", [`0x${GAP.toString(16)}`]);
  }
  const whole = rpcReader(inProcessRpc(deployment));
  return { whole, network, alice: alice.address.toLowerCase() as Address, bob: bob.address.toLowerCase() as Address };
}

const tooMuch = () =>
  new RpcError("eth_getLogs", { code: -32_005, message: "Requested range exceeds maximum RPC range limit" });

/** The same chain behind a server with a limit; `asked` counts what it was asked for logs. */
function limited(whole: ChainReader, blocks: number) {
  const asked: number[] = [];
  const reader: ChainReader = {
    ...whole,
    history: async () => {
      asked.push(Number.POSITIVE_INFINITY);
      throw tooMuch();
    },
    async logs(filter) {
      assert("fromBlock" in filter);
      asked.push(filter.toBlock - filter.fromBlock + 1);
      if (filter.toBlock - filter.fromBlock >= blocks) throw tooMuch();
      return whole.logs(filter);
    },
  };
  return { reader, asked };
}

test("a DID is read the same where the server refuses the whole range, by no more requests than blocks with a change", async () => {
  const { whole, network, alice, bob } = await setUp();
  const wanted = await readIdentity(whole, network, alice);
  assert.equal(wanted.events.length, CHANGES);
  for (const [limit, refused, most] of [
    [5_000, 1, 1],
    [1_300, 3, 2],
    [1, 13, CHANGES],
  ] as const) {
    const { reader, asked } = limited(whole, limit);
    assert.deepEqual(await readIdentity(reader, network, alice), wanted);
    const taken = asked.filter((range) => range <= limit);
    assert.ok(taken.length <= most, `${taken.length} at ${limit}`);
    assert.ok(asked.length - taken.length <= refused, `${asked.length - taken.length} refused at ${limit}`);
  }
  const { reader, asked } = limited(whole, 1);
  assert.equal((await readIdentity(reader, network, bob)).state, undefined);
  assert.equal(asked.length, 1);
});

test("a DID is read on the way back where the whole range takes a server or a gateway too long", async () => {
  const { whole, network, alice } = await setUp();
  const wanted = await readIdentity(whole, network, alice);
  for (const failure of [new RpcFailure("timeout", "no answer"), new RpcFailure("http", "HTTP 504", { status: 504 })]) {
    const reader = { ...whole, history: () => Promise.reject(failure) };
    assert.deepEqual(await readIdentity(reader, network, alice), wanted);
  }
  const refused = new RpcFailure("refused", "ECONNREFUSED");
  await assert.rejects(readIdentity({ ...whole, history: () => Promise.reject(refused) }, network, alice), refused);
});

test("a DID is read as of a past block by its hash, on either way", async () => {
  const { whole, network, alice } = await setUp();
  const { events } = await readIdentity(whole, network, alice);
  const asOf = (await whole.header(events[2]?.block ?? 0)) as Header;
  const wanted = await readIdentity(whole, network, alice, asOf);
  assert.deepEqual([wanted.asOf.hash, wanted.events.length], [asOf.hash, 3]);
  assert.deepEqual(await readIdentity(limited(whole, 100).reader, network, alice, asOf), wanted);
});

test("a change that the server leaves out on the way back is noticed", async () => {
  const { whole, network, alice } = await setUp();
  const { reader } = limited(whole, 100);
  // Refused at six sizes first.
  let left = 7;
  const losing: ChainReader = { ...reader, logs: async (filter) => (left-- === 0 ? [] : reader.logs(filter)) };
  await assert.rejects(readIdentity(losing, network, alice), { code: "HISTORY_INCOMPLETE" });
  const { reader: forging } = limited(whole, 100);
  // Word 3 of its data is the block of the change before: its own would lead in a circle.
  const circular = ({ data, blockNumber, ...log }: Log): Log => {
    const own = blockNumber.toString(16).padStart(64, "0");
    return { ...log, blockNumber, data: `0x${data.slice(2, 194)}${own}${data.slice(258)}` };
  };
  const forged: ChainReader = { ...forging, logs: async (filter) => (await forging.logs(filter)).map(circular) };
  await assert.rejects(readIdentity(forged, network, alice), { code: "CHAIN_DATA" });
});
