import assert from "node:assert/strict";
import { test } from "node:test";
import { AbiCoder, id } from "ethers";
import { accountInWords, kindOfAccount } from "../../../cli/did/account-kind.ts";
import {
  type Address,
  type ChainReader,
  type Rpc,
  RpcError,
  RpcFailure,
  UnavailableError,
} from "../../../resolver/index.ts";
import { deployRegistries } from "../../helpers/registries.ts";
import { safeFounder } from "../../helpers/safe.ts";

const ACCOUNT: Address = `0x${"12".repeat(20)}`;
const readerOf = (code: string) => ({ code: async () => code }) as unknown as ChainReader;
const refuses: Rpc = () => Promise.reject(new RpcFailure("rpc", "execution reverted"));
const answering =
  (threshold: unknown, owners: unknown): Rpc =>
  async ([call]) => {
    const [{ data }] = (call ?? assert.fail())[1] as [{ data: string }];
    const isThreshold = data === id("getThreshold()").slice(0, 10);
    return [
      AbiCoder.defaultAbiCoder().encode([isThreshold ? "uint256" : "address[]"], [isThreshold ? threshold : owners]),
    ];
  };

test("an account without code is a key, and so is one with a delegation (EIP-7702)", async () => {
  assert.deepEqual(await kindOfAccount(readerOf("0x"), refuses, ACCOUNT), { kind: "key", delegation: null });
  const delegated = await kindOfAccount(readerOf(`0xef0100${"ab".repeat(20)}`), refuses, ACCOUNT);
  assert.deepEqual(delegated, { kind: "key", delegation: `0x${"ab".repeat(20)}` });
  assert.match(accountInWords(delegated), /a plain key that lets the code of 0xabab.* act for it/);
});

test("a Safe as its authors publish it is read: threshold, owners and modules", async () => {
  const chain = await deployRegistries();
  const [a, b, c] = chain.others;
  assert(a && b && c);
  const safe = await (await safeFounder(chain))([a, b, c], 2);
  const rpc: Rpc = (calls) =>
    Promise.all(calls.map(([method, params]) => chain.ethers.provider.send(method, [...params])));
  const reader = { code: (of: Address) => chain.ethers.provider.getCode(of) } as unknown as ChainReader;
  const kind = await kindOfAccount(reader, rpc, safe.address as Address);
  assert(kind.kind === "contract" && kind.safe !== null);
  assert.equal(kind.safe.threshold, 2);
  assert.deepEqual([...kind.safe.owners].sort(), [a, b, c].map(({ address }) => address.toLowerCase()).sort());
  assert.match(accountInWords(kind), /^a Safe of 2 of 3: 0x/);
  assert.deepEqual(kind.safe.modules, []);

  // A module acts without the owners: its Safe is not one of 2 of 3 any more.
  const [module] = [chain.stranger.address.toLowerCase()];
  const enable = safe.contract.interface.encodeFunctionData("enableModule", [module]);
  await (await safe.call([a, b], safe.address, enable)).wait();
  const opened = await kindOfAccount(reader, rpc, safe.address as Address);
  assert(opened.kind === "contract");
  assert.deepEqual(opened.safe?.modules, [module]);
  assert.match(accountInWords(opened), new RegExp(`; modules act for it without them: ${module}$`));

  const forwarder = String(chain.forwarder.target) as Address;
  assert.deepEqual(await kindOfAccount(reader, async () => ["0x"], forwarder), { kind: "contract", safe: null });
});

test("a contract that answers otherwise than a Safe is only a contract, and a chain that can't be asked is an error", async () => {
  const contract = { kind: "contract", safe: null };
  for (const rpc of [
    refuses,
    async () => ["0x"],
    async () => ["0x12"],
    answering(0, [ACCOUNT]),
    answering(2, [ACCOUNT]),
  ]) {
    assert.deepEqual(await kindOfAccount(readerOf("0x6001"), rpc, ACCOUNT), contract);
  }
  // The error messages of different clients for a contract without the function.
  for (const [code, message] of [
    [3, "execution reverted"],
    [-32_000, "Execution reverted"],
    [-32_000, "invalid opcode: INVALID"],
    [-32_015, "VM execution error."],
    [-32_603, "Error: Transaction reverted: function selector was not recognized and there's no fallback function"],
  ] as const) {
    const reverting: Rpc = () => Promise.reject(new RpcError("eth_call", { code, message }));
    assert.deepEqual(await kindOfAccount(readerOf("0x6001"), reverting, ACCOUNT), contract, message);
  }
  for (const [code, message] of [
    [-32_005, "daily request count exceeded, request rate limited"],
    [-32_000, "header not found"],
    [-32_603, "Internal error"],
  ] as const) {
    const limited: Rpc = () => Promise.reject(new RpcError("eth_call", { code, message }));
    await assert.rejects(kindOfAccount(readerOf("0x6001"), limited, ACCOUNT), UnavailableError, message);
  }
  const away: Rpc = () => Promise.reject(new RpcFailure("timeout", "no answer"));
  await assert.rejects(kindOfAccount(readerOf("0x6001"), away, ACCOUNT), UnavailableError);
});
