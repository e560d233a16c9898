import assert from "node:assert/strict";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Interface } from "ethers";
import { RECOVERY_DELAY_S } from "../../../cli/deploy/governance.ts";
import { developmentAccount } from "../../../cli/local/accounts.ts";
import { timelockAbi } from "../../../resolver/abi.ts";
import { httpRpc, RpcError } from "../../../resolver/index.ts";
import { startRpcServer } from "../../helpers/rpc-server.ts";
import { answerOf, type ChainProcess, errorOf, mapae, startChain, temporaryFolder } from "../harness.ts";

const DEPLOYER = 0;
const COUNCIL = [1, 2, 3] as const;
const GUARDIAN = [4, 5, 6] as const;
const ANYBODY = 8;
const DELAY = 20;

const address = (account: number) => developmentAccount(account).address;
const body = (accounts: readonly number[], threshold: number) => ({ threshold, owners: accounts.map(address) });
const BODIES = { council: body(COUNCIL, 2), guardian: body(GUARDIAN, 2), delay: DELAY, rehearsal: true };
const VALIDITY = ["--not-before", "2026-01-01", "--not-after", "2031-01-01"];
const type = (name: string) => {
  const hash = `0x${"12".repeat(32)}`;
  return ["type", "add", "--uri", `urn:x:${name}`, "--schema-uri", "urn:x:schema", "--schema-hash", hash];
};

interface Act {
  readonly state: string;
  readonly operation: string;
  readonly proposal: { to: string; data: string };
  readonly grantId?: string;
}
interface Signed {
  readonly hash: string;
  readonly safe: string;
  readonly nonce: number;
  readonly words: readonly string[];
  readonly signed: readonly string[];
}

/** A chain, and the two bodies as `mapae council found` makes them. */
async function setUp(t: { after(end: () => Promise<void>): unknown }) {
  const folder = await temporaryFolder(t);
  const chain = await startChain();
  t.after(() => chain.stop());
  const path = (name: string) => join(folder, name);
  const env = { MAPAE_RPC_URLS: chain.url, MAPAE_NETWORK: path("network.json") };
  const as = (account: number) => ({ ...env, MAPAE_PRIVATE_KEY: developmentAccount(account).privateKey });
  const write = async (name: string, value: unknown) => {
    await writeFile(path(name), JSON.stringify(value));
    return path(name);
  };
  const found = async (bodies: unknown, by = DEPLOYER, url = chain.url) =>
    mapae(["council", "found", await write("bodies.json", bodies), "--out", path("council.json"), "--json"], {
      ...as(by),
      MAPAE_RPC_URLS: url,
    });
  return { chain, path, env, as, write, found };
}

/** A network that two bodies govern, founded and deployed by the command line alone. */
async function govern() {
  const ground = await setUp({ after: (end) => ends.push(end) });
  const { path, as, write, found, chain } = ground;
  assert.equal((await found(BODIES)).code, 0);
  const consensus = await write("consensus.json", { kind: "qbft", validators: [address(9)] });
  const deploy = [
    "network",
    "deploy",
    "--label",
    "gov",
    "--governance",
    path("council.json"),
    "--consensus",
    consensus,
  ];
  const deployed = await mapae([...deploy, "--out", path("network.json")], as(DEPLOYER));
  assert.equal(deployed.code, 0, deployed.stderr);
  const anybody = <T = Act>(...args: string[]) => answerOf<T>(args, as(ANYBODY));
  const propose = async (name: string, ...args: string[]) => {
    const answer = await anybody(...args);
    await write(name, answer);
    return answer;
  };
  const sign = (name: string, account: number, ...args: string[]) =>
    answerOf<Signed>(["council", "sign", path(name), "--yes", ...args], as(account));
  const refused = async (account: number, ...args: string[]) => errorOf(await mapae([...args, "--json"], as(account)));
  const wait = async (seconds: number) => {
    await chain.rpc("evm_increaseTime", [seconds]);
    await chain.rpc("evm_mine");
  };
  const bodies = JSON.parse(await readFile(path("council.json"), "utf8"));
  return { ...ground, deployed, anybody, propose, sign, refused, wait, bodies };
}

async function gasOf(chain: ChainProcess, account: number): Promise<number> {
  return Number(await chain.rpc("eth_getTransactionCount", [address(account), "latest"]));
}

const ends: (() => Promise<void>)[] = [];
after(async () => {
  for (const end of ends.toReversed()) await end();
});

/** One for all tests of this file: each proposes acts of its own. */
let governed: Awaited<ReturnType<typeof govern>>;
before(async () => {
  governed = await govern();
});

test("two bodies are founded, the network is deployed, and its deployer is told the hash and that its key is wanted no more", async () => {
  const { deployed, env, path, bodies } = governed;
  const { hash, descriptor } = await answerOf<{ hash: string; descriptor: { rehearsal?: true } }>(
    ["network", "show"],
    env,
  );
  assert.match(deployed.stdout, new RegExp(`hash +${hash}`));
  assert.match(deployed.stdout, new RegExp(`Destroy the key of ${address(DEPLOYER)}`, "i"));
  assert.match(deployed.stderr, /Gas costs \d+ wei: up to [0-9.]+ of the [0-9.]+ ether/);
  assert.match(deployed.stderr, /Roles, delays and code are as they should be/);
  assert.deepEqual(bodies, { council: bodies.council, guardian: bodies.guardian, delay: DELAY, rehearsal: true });
  assert.equal(descriptor.rehearsal, true);
  const roles = ["network", "roles", "--governance", path("council.json")];
  const { council, faults } = await answerOf<{ council: string; faults: unknown[] }>(roles, env);
  assert.deepEqual([council, faults], [bodies.council, []]);
});

test("members on two machines sign what they read in words, anybody sends it, and after the delay anybody executes it", async () => {
  const { anybody, propose, sign, path, wait, as, refused, bodies } = governed;
  const proposed = await propose("a.json", ...type("first"));
  assert.equal(proposed.state, "proposal");
  // The other member makes the same proposal, and believes nobody's file.
  assert.deepEqual((await propose("b.json", ...type("first"))).proposal, proposed.proposal);
  const [one, two] = [await sign("a.json", 1), await sign("b.json", 3)];
  assert.deepEqual([one.hash, one.safe, one.nonce], [two.hash, bodies.council, 0]);
  assert.deepEqual([one.signed, two.signed], [[address(1)], [address(3)]]);
  assert.deepEqual(one.words, [
    "as the council, through its seat:",
    `  timelock: any account may execute the following ${DELAY} s after this is sent:`,
    "    trust.addType",
    '      uri: "urn:x:first"',
    '      schemaUri: "urn:x:schema"',
    `      schemaHash: 0x${"12".repeat(32)}`,
  ]);

  const alone = await refused(ANYBODY, "council", "execute", path("a.json"));
  assert.equal(alone.code, "REFUSED");
  assert.match(alone.message, /1 of its members signed, wanted 2/);
  const sent = await answerOf<{ block: number }>(["council", "execute", path("a.json"), path("b.json")], as(ANYBODY));
  assert(sent.block > 0);
  assert.equal((await anybody(...type("first"))).state, "waiting");
  await wait(DELAY);
  assert.equal((await anybody(...type("first"))).state, "done");

  const again = await refused(ANYBODY, "council", "execute", path("a.json"), path("b.json"));
  assert.match(again.message, /transaction 0 of the Safe 0x[0-9a-f]{40}, whose next one is 1/);
});

test("one file goes from member to member; a root and a withdrawal are read in words too", async () => {
  const { anybody, propose, sign, path, wait, as, env } = governed;
  const pass = async (name: string) => {
    await sign(name, 2);
    const { signed, words } = await sign(name, 1);
    assert.equal(signed.length, 2);
    await answerOf(["council", "execute", path(name)], as(ANYBODY));
    return words;
  };
  await propose("type.json", ...type("handed-on"));
  await pass("type.json");
  await wait(DELAY);
  await anybody(...type("handed-on"));
  const { descriptor } = await answerOf<{ descriptor: { name: string } }>(["network", "show"], env);
  const did = `did:mapae:${descriptor.name}:${address(9)}`;
  const root = ["trust", "root", "--type", "urn:x:handed-on", "--to", did, "--label", "행정안전부", ...VALIDITY];
  await propose("root.json", ...root);
  const words = (await pass("root.json")).join("\n");
  for (const line of [
    /trust\.grantRoot/,
    new RegExp(`subject: ${address(9)}`),
    /notBefore: 2026-01-01T00:00:00Z/,
    /notAfter: 2031-01-01T00:00:00Z/,
    /mayGrant: false/,
    /label: "행정안전부"/,
  ])
    assert.match(words, line);
  await wait(DELAY);
  const { grantId = "" } = await anybody(...root);
  await propose("withdraw.json", "trust", "withdraw", grantId, "--as-council");
  assert.match(
    (await pass("withdraw.json")).join("\n"),
    new RegExp(`as the council.*\n {2}trust\\.withdraw\n {4}grantId: ${grantId}`),
  );
});

test("the guardian cancels what the council proposed, and proposes another council, each by its own Safe", async () => {
  const { anybody, propose, sign, path, as, refused, bodies } = governed;
  const { operation } = await propose("type.json", ...type("cancelled"));
  const nowhere = await refused(ANYBODY, "council", "cancel", operation);
  assert.equal(nowhere.code, "NOT_FOUND");
  for (const member of [1, 2]) await sign("type.json", member);
  await answerOf(["council", "execute", path("type.json")], as(ANYBODY));

  await propose("cancel.json", "council", "cancel", operation);
  const asCouncil = await refused(4, "council", "sign", path("cancel.json"), "--yes");
  assert.match(asCouncil.message, /no member of .* names its Safe: --safe/);
  for (const member of [4, 6]) {
    const { words } = await sign("cancel.json", member, "--safe", bodies.guardian);
    assert.deepEqual(words, ["timelock.cancel", `  id: ${operation}`]);
  }
  await answerOf(["council", "execute", path("cancel.json")], as(ANYBODY));
  assert.equal((await anybody(...type("cancelled"))).state, "proposal");

  await propose("recovery.json", "council", "replace", bodies.council, "--recovery");
  const { words } = await sign("recovery.json", 5, "--safe", bodies.guardian);
  assert.deepEqual(words, [
    `recovery: any account may execute the following ${RECOVERY_DELAY_S} s after this is sent:`,
    "  seat.replace",
    `    newHolder: ${bodies.council}`,
  ]);
});

test("a member's lost key is replaced by another one, by the members who are left", async () => {
  const { propose, sign, path, as, refused } = governed;
  await propose("key.json", "council", "replace-key", address(1), address(7));
  for (const member of [2, 3]) {
    const { words } = await sign("key.json", member);
    assert.deepEqual(
      [words[0], ...words.slice(2)],
      ["safe.swapOwner", `  oldOwner: ${address(1)}`, `  newOwner: ${address(7)}`],
    );
  }
  await answerOf(["council", "execute", path("key.json")], as(ANYBODY));
  await propose("type.json", ...type("later"));
  assert.match((await refused(1, "council", "sign", path("type.json"), "--yes")).message, /is no member of/);
  await sign("type.json", 7);
  // Back again, for the tests that follow.
  await propose("back.json", "council", "replace-key", address(7), address(1));
  for (const member of [2, 3]) await sign("back.json", member);
  await answerOf(["council", "execute", path("back.json")], as(ANYBODY));
  assert.match((await refused(ANYBODY, "council", "replace-key", address(7), address(8))).message, /is no member/);
  assert.match(
    (await refused(ANYBODY, "council", "replace-key", address(1), address(2))).message,
    /is a member already/,
  );
});

test("what nobody can read, what was altered and who is no member is not signed or sent, and says why", async () => {
  const { propose, sign, path, as, write, refused } = governed;
  const { proposal } = await propose("good.json", ...type("altered"));
  const refusal = async (altered: unknown) => {
    const { code, message } = await refused(1, "council", "sign", await write("bad.json", altered), "--yes");
    return `${code} ${message}`;
  };
  assert.match(await refusal({ proposal: { ...proposal, to: address(7) } }), /REFUSED .*no contract of governance/);
  assert.match(await refusal({ proposal: { ...proposal, data: `${proposal.data}00` } }), /REFUSED .*not known/);
  assert.match(await refusal({ proposal: { ...proposal, data: "0x12345678" } }), /REFUSED .*not known/);
  assert.match(await refusal({ proposal: { to: proposal.to } }), /INVALID_INPUT .*no proposal/);
  assert.match(await refusal({ state: "done" }), /INVALID_INPUT .*no proposal/);
  const { timelock } = JSON.parse(await readFile(path("network.json"), "utf8")).deployments[0];
  const paying = new Interface(timelockAbi).encodeFunctionData("schedule", [
    ...[timelock.address, 5n, "0x", `0x${"0".repeat(64)}`, `0x${"0".repeat(64)}`, 60n],
  ]);
  assert.match(await refusal({ proposal: { to: timelock.address, data: paying } }), /REFUSED .*moves 5 wei/);
  const hidden = new Interface(timelockAbi).encodeFunctionData("execute", [
    ...[timelock.address, 0n, "0x1234", `0x${"0".repeat(64)}`, `0x${"0".repeat(64)}`],
  ]);
  assert.match(await refusal({ proposal: { to: timelock.address, data: hidden } }), /REFUSED .*with bytes or a list/);
  assert.match((await refused(ANYBODY, "council", "sign", path("good.json"), "--yes")).message, /is no member of/);
  const asked = await refused(1, "council", "sign", path("good.json"));
  assert.match(asked.message, /confirm with --yes/);

  await sign("good.json", 1);
  const signed = JSON.parse(await readFile(path("good.json"), "utf8"));
  const { proposal: other } = await propose("other.json", ...type("other"));
  // A signature stands for one proposal, one nonce and one chain: for another it is that of another account, or of nobody.
  for (const altered of [
    { ...signed, proposal: other },
    { ...signed, transaction: { ...signed.transaction, nonce: signed.transaction.nonce + 1 } },
    { ...signed, transaction: { ...signed.transaction, chainId: 5 } },
    { ...signed, signatures: [`0x${"00".repeat(65)}`] },
  ]) {
    const { code } = await refused(ANYBODY, "council", "execute", await write("altered.json", altered));
    assert(["REFUSED", "INVALID_INPUT"].includes(code), code);
  }
  await sign("other.json", 2);
  const mixed = await refused(ANYBODY, "council", "execute", path("good.json"), path("other.json"));
  assert.match(mixed.message, /are different transactions/);
  // Somebody who is no member adds a signature by hand: it does not count.
  await copyFile(path("good.json"), path("foreign.json"));
  const outsider = await mapae(["council", "execute", path("foreign.json"), "--json"], as(ANYBODY));
  assert.match(errorOf(outsider).message, /wanted 2: let 1 of/);
});

test("bodies of which one key is enough, that share a member, or that who pays is in are refused", async (t) => {
  const { found } = await setUp(t);
  const cases: [RegExp, unknown][] = [
    [/at least two sign/, { ...BODIES, council: body(COUNCIL, 1) }],
    [/more have to sign than there are/, { ...BODIES, guardian: body(GUARDIAN, 4) }],
    [/named twice/, { ...BODIES, council: body([1, 1, 2], 2) }],
    [/in both bodies/, { ...BODIES, guardian: body([3, 4, 5], 2) }],
    [/no time to cancel/, { ...BODIES, rehearsal: undefined }],
    [/pays and is a member of the council/, { ...BODIES, council: body([DEPLOYER, 1, 2], 2) }],
    [/wanted an address/, { ...BODIES, council: { threshold: 2, owners: ["0x12", address(1)] } }],
  ];
  for (const [says, bodies] of cases) {
    const { code, message } = errorOf(await found(bodies));
    assert.equal(code, "INVALID_INPUT");
    assert.match(message, says);
  }
});

test("a founding that breaks off after any transaction goes on where it was, and sends nothing twice", async (t) => {
  const { chain, found, path } = await setUp(t);
  const upstream = httpRpc({ url: chain.url });
  let left = 1;
  await using server = await startRpcServer(async (calls) => {
    const sends = calls.filter(([method]) => method === "eth_sendRawTransaction").length;
    if (sends > 0 && left-- <= 0)
      throw new RpcError("eth_sendRawTransaction", { code: -32_000, message: "out of order" });
    return upstream(calls);
  });
  let attempts = 0;
  for (; attempts < 10; attempts++) {
    left = 1;
    const { code, stderr } = await found(BODIES, DEPLOYER, server.url);
    if (code === 0) break;
    assert.match(stderr, /out of order/);
  }
  assert.equal(attempts, 4);
  // Three contracts, two Safes.
  assert.equal(await gasOf(chain, DEPLOYER), 5);
  assert.match(await readFile(path("council.json"), "utf8"), /"council": "0x/);
});
