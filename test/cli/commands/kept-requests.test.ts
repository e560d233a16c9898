import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { type Signer, Wallet } from "ethers";
import { calculateJwkThumbprint, type JWK } from "jose";
import { developmentAccount } from "../../../cli/local/accounts.ts";
import { cancelRequests } from "../../../cli/relay/cancel.ts";
import { writeProvider } from "../../../cli/transaction/signer.ts";
import { currentDeployment, httpRpc, parseNetworkDescriptor } from "../../../resolver/index.ts";
import { startRpcServer } from "../../helpers/rpc-server.ts";
import { answerOf, errorOf, mapae, startNetwork, temporaryFolder } from "../harness.ts";

// A relayer keeps a request that sets a key, the owner sets the key itself, the key is stolen and revoked: the kept request
// would heal it.

const RELAYER = 9;
const KEY = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" }) as JWK;
const JSON_KEY = JSON.stringify(KEY);
const DELEGATE = ["--type", "status", "--delegate", developmentAccount(8).address];

interface Shown {
  entries: {
    about: string;
    status: string;
    healed: { revoked: number; set: number } | null;
    revokedByOther: { purpose: string; block: number } | null;
  }[];
}

const folder = await temporaryFolder({ after });
const network = await startNetwork(folder);
after(() => network.chain.stop());

/** A DID whose owner signed requests for a relayer, which keeps them, and then wrote the same itself. */
async function kept(t: TestContext, account: number, requests: readonly string[][]) {
  const did = network.did(account);
  const as = <T>(...args: string[]) => answerOf<T>(args, network.as(account));
  await as("did", "create", "--service", "LinkedDomains=https://agency.example");
  const file = join(await temporaryFolder(t), "kept.jsonl");
  for (const [command = "", ...args] of requests) await as("did", command, did, ...args, "--relay", file);
  const lines = (await readFile(file, "utf8")).trim().split("\n");
  for (const [command = "", ...args] of requests) await as("did", command, did, ...args);
  const send = async (at = 0) => {
    await writeFile(file, `${lines[at]}\n`);
    return mapae(["relay", file, "--json"], network.as(RELAYER));
  };
  const show = async () => (await as<Shown>("did", "show", did)).entries;
  return { did, as, send, show, nonce: (at = 0) => JSON.parse(lines[at] ?? "").nonce as string };
}

const ADD_KEY = ["add-key", "--purpose", "assertion", "--jwk", JSON_KEY];

test("a request that was kept does not heal a key after its revocation", async (t) => {
  const { did, as, send, show } = await kept(t, 1, [ADD_KEY]);
  const key = await calculateJwkThumbprint(KEY);
  const { requestsVoid } = await as<{ requestsVoid: { nonce: string } }>("did", "revoke-key", did, key);
  assert.equal(requestsVoid.nonce, "8");
  const outcome = await send();
  assert.equal(outcome.code, 5);
  assert.match(errorOf(outcome).message, /its nonce is 0, the next is 8/);
  assert.deepEqual(
    (await show()).map(({ status }) => status),
    ["valid", "revoked"],
  );
});

test("nor does one of several requests that were signed in advance, or one for a delegate", async (t) => {
  const { did, as, send, show } = await kept(t, 2, [
    ["add-service", "--type", "LinkedDomains", "--fragment", "a", "--endpoint", "https://a.example"],
    ["add-delegate", ...DELEGATE],
  ]);
  await as("did", "revoke-delegate", did, ...DELEGATE);
  for (const at of [0, 1]) assert.equal((await send(at)).code, 5);
  assert.equal((await show()).at(-1)?.status, "revoked");
});

test("relay cancel voids the given number of requests, and changes nothing else", async (t) => {
  const { as, send, nonce } = await kept(t, 3, [ADD_KEY, ADD_KEY, ADD_KEY]);
  const { nonce: next, lastDeadline } = await as<{ nonce: string; lastDeadline: number }>(
    "relay",
    "cancel",
    "--count",
    "2",
  );
  assert.deepEqual([next, nonce(2)], ["2", "2"]);
  const { timestamp } = (await network.chain.rpc("eth_getBlockByNumber", ["latest", false])) as { timestamp: string };
  assert.equal(lastDeadline, Number(timestamp) + 3_600);
  for (const at of [0, 1]) assert.equal((await send(at)).code, 5);
  // The third needs the nonce after all that were used up.
  assert.equal((await send(2)).code, 0);

  const refused = async (...args: string[]) =>
    errorOf(await mapae(["relay", "cancel", ...args, "--json"], network.as(3))).code;
  for (const count of ["0", "101", "x", "-1", "1.5"])
    assert.equal(await refused(`--count=${count}`), "INVALID_INPUT", count);
  assert.equal(await refused("--relay", join(folder, "r.jsonl")), "USAGE");
});

test("a request that is sent just before the cancelling does not keep the others alive", async (t) => {
  const { send } = await kept(t, 4, [ADD_KEY, ADD_KEY]);
  const descriptor = parseNetworkDescriptor(JSON.parse(await readFile(join(folder, "network.json"), "utf8")));
  const { forwarder, registries } = currentDeployment(descriptor);
  const provider = writeProvider(network.chain.url, descriptor.chainId);
  t.after(() => provider.destroy());
  const wallet = new Wallet(developmentAccount(4).privateKey, provider);
  // The relayer sees the cancelling transaction and sends the request before it.
  const signer = new Proxy<Signer>(wallet, {
    get(target, name) {
      if (name !== "sendTransaction") return Reflect.get(target, name, target);
      return async (transaction: Parameters<Signer["sendTransaction"]>[0]) => {
        assert.equal((await send(0)).code, 0);
        return target.sendTransaction(transaction);
      };
    },
  });
  const [to, chainId] = [{ forwarder: forwarder.address, registry: registries.did.address }, descriptor.chainId];
  assert.equal((await cancelRequests({ signer, ...to, chainId, count: 8, fees: {} })).nonce, "8");
  assert.equal((await send(1)).code, 5);
});

test("a chain that has no newest block after the cancelling gives no last moment of other requests", async (t) => {
  const descriptor = parseNetworkDescriptor(JSON.parse(await readFile(join(folder, "network.json"), "utf8")));
  const { forwarder, registries } = currentDeployment(descriptor);
  const server = await startRpcServer(httpRpc({ url: network.chain.url }));
  t.after(() => server[Symbol.asyncDispose]());
  let isSent = false;
  server.alter = ([method], honest) => {
    isSent ||= method === "eth_sendRawTransaction";
    return isSent && method === "eth_getBlockByNumber" ? { result: null } : honest;
  };
  const provider = writeProvider(server.url, descriptor.chainId);
  t.after(() => provider.destroy());
  const signer = new Wallet(developmentAccount(12).privateKey, provider);
  const contracts = { forwarder: forwarder.address, registry: registries.did.address };
  const cancelling = cancelRequests({ signer, ...contracts, chainId: descriptor.chainId, count: 1, fees: {} });
  await assert.rejects(cancelling, { code: "UNAVAILABLE", message: "The chain has no newest block now" });
});

test("a revocation that is itself for a relayer says until when a kept request can come", async (t) => {
  const { did } = await kept(t, 5, [ADD_KEY]);
  const args = ["did", "revoke-key", did, await calculateJwkThumbprint(KEY), "--relay", join(folder, "revoke.jsonl")];
  const { code, stderr } = await mapae(args, network.as(5));
  assert.equal(code, 0);
  assert.match(stderr, /Warning: The revocation itself is for a relayer: until \d{4}-.*Z a relayer can send/);
});

test("setting a revoked key or delegate again asks, and is shown as healing", async (t) => {
  const { did, as, show } = await kept(t, 6, [ADD_KEY, ["add-delegate", ...DELEGATE]]);
  await as("did", "revoke-key", did, await calculateJwkThumbprint(KEY));
  await as("did", "revoke-delegate", did, ...DELEGATE);
  const [add = "", ...key] = ADD_KEY;
  for (const args of [
    ["did", add, did, ...key],
    ["did", "add-delegate", did, ...DELEGATE],
  ]) {
    const error = errorOf(await mapae([...args, "--json"], network.as(6)));
    assert.equal(error.code, "USAGE");
    assert.match(
      error.message,
      /was revoked in block \d+\.\nSetting all its entries again heals it for every date.*confirm with --yes/s,
    );
  }
  assert.deepEqual(
    (await show()).map(({ status }) => status),
    ["valid", "revoked", "revoked"],
  );
  assert.deepEqual(
    (await show()).map(({ healed }) => healed),
    [null, null, null],
  );
  const { block } = await as<{ block: number }>("did", add, did, ...key, "--yes");
  await as("did", "add-delegate", did, ...DELEGATE, "--yes");
  const healed = (await show()).map((entry) => [entry.status, entry.healed?.set]);
  assert.deepEqual(healed.slice(0, 2), [
    ["valid", undefined],
    ["valid", block],
  ]);
  const text = await mapae(["did", "show", did], network.env);
  assert.match(text.stdout, /valid until .*\n {4}healed: revoked in block \d+, set again in block \d+/);
});

test("an entry that is set again while another one of its key stays revoked is not shown as healed", async (t) => {
  const both = ["add-key", "--purpose", "assertion", "--purpose", "authentication", "--jwk", JSON_KEY];
  const { did, as, show } = await kept(t, 10, [ADD_KEY]);
  const [add = "", ...key] = both;
  await as("did", add, did, ...key);
  await as("did", "revoke-key", did, await calculateJwkThumbprint(KEY));
  const [first = "", ...assertion] = ADD_KEY;
  const { block } = await as<{ block: number }>("did", first, did, ...assertion, "--yes");
  const of = (entries: Shown["entries"], purpose: string) =>
    entries.find(({ about }) => about === `P-256 ${purpose}`) ?? assert.fail(purpose);
  const entry = of(await show(), "assertionMethod");
  assert.deepEqual([entry.status, entry.healed], ["valid", null]);
  assert.deepEqual(entry.revokedByOther, { purpose: "authentication", block: block - 1 });
  const text = await mapae(["did", "show", did], network.env);
  assert.match(
    text.stdout,
    /valid until .*\n {4}bad for every date all the same: it was revoked for authentication in block \d+/,
  );
  assert.doesNotMatch(text.stdout, /healed/);

  await as("did", add, did, ...key, "--yes");
  const healed = (await show()).filter(({ about }) => about.startsWith("P-256"));
  assert.deepEqual(
    healed.map(({ healed: one, revokedByOther }) => [one === null, revokedByOther]),
    [
      [false, null],
      [false, null],
    ],
  );
});

test("a request gets the next nonce that can be sent, though its file still has others that were sent or ran out", async (t) => {
  const did = network.did(7);
  const as = (...args: string[]) => answerOf(args, network.as(7));
  await as("did", "create", "--service", "LinkedDomains=https://agency.example");
  const file = join(await temporaryFolder(t), "requests.jsonl");
  const sign = (endpoint: string) =>
    as("did", "add-service", did, "--type", "X", "--fragment", "x", "--endpoint", endpoint, "--relay", file);
  const sent = async () =>
    JSON.parse((await mapae(["relay", file, "--keep-going", "--json"], network.as(RELAYER))).stdout);
  const nonces = async () =>
    (await readFile(file, "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).nonce);

  await sign("https://a.example");
  await sign("https://b.example");
  assert.equal((await sent()).sent.length, 2);
  await sign("https://c.example");
  assert.deepEqual(await nonces(), ["0", "1", "2"]);
  await network.chain.rpc("evm_increaseTime", [3_601]);
  await network.chain.rpc("evm_mine");
  await sign("https://d.example");
  assert.deepEqual(await nonces(), ["0", "1", "2", "2"]);
  assert.deepEqual(
    (await sent()).sent.map(({ nonce }: { nonce: string }) => nonce),
    ["2"],
  );
});

test("no request is signed by the time of a block that is far ahead of the clock: a relayer could hold it back for as long", async (t) => {
  const did = network.did(11);
  await answerOf(["did", "create", "--service", "LinkedDomains=https://agency.example"], network.as(11));
  const file = join(await temporaryFolder(t), "requests.jsonl");
  await network.chain.rpc("evm_increaseTime", [366 * 86_400]);
  await network.chain.rpc("evm_mine");
  const args = ["did", "add-key", did, "--purpose", "assertion", "--jwk", JSON_KEY, "--relay", file, "--json"];
  const { code, message } = errorOf(await mapae(args, network.as(11)));
  assert.equal(code, "UNAVAILABLE");
  assert.match(message, /The newest block is 31\d{6} s ahead of this machine's clock, wanted at most 7200 s/);
  await assert.rejects(readFile(file), { code: "ENOENT" });
});
