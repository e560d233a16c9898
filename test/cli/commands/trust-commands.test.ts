import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { concat, id, keccak256 } from "ethers";
import { developmentAccount } from "../../../cli/local/accounts.ts";
import { describeWithdrawal } from "../../../cli/trust/withdrawal.ts";
import TYPE_URIS from "../../vectors/credentials/type-uris.json" with { type: "json" };
import { answerOf, type CliNetwork, errorOf, mapae, startNetwork } from "../harness.ts";

// The story of a ministry, an issuer and its delegate, told by commands on a chain of their own: each test goes on where
// the one before ended.

const URI = "https://types.example/official-id/v1";
const [COUNCIL, MINISTRY, ISSUER, DELEGATE, STRANGER] = [0, 1, 2, 3, 4] as const;
const KEY = JSON.stringify({
  kty: "EC",
  crv: "P-256",
  x: "aAALuC1ngMlgbt02pG9PuBl2-0vIgaPmczMbtPHrGiI",
  y: "ke1FpYLOtTB97YcmkFI_wAAZ71xFVS5lA8b523qj5Fk",
});

let folder: string;
let network: CliNetwork;
let root: string;
let grant: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "mapae-test-"));
  network = await startNetwork(folder);
  for (const account of [MINISTRY, ISSUER]) {
    await answerOf(["did", "create", "--key", `assertion=${KEY}`], network.as(account));
  }
});
after(async () => {
  await network.chain.stop();
  await rm(folder, { recursive: true, force: true });
});

const as = <T>(account: number, ...args: string[]) => answerOf<T>(args, network.as(account));
const refused = async (account: number, ...args: string[]) =>
  errorOf(await mapae([...args, "--json"], network.as(account)));

test("governance adds a credential type, which everybody can see", async () => {
  const schema = join(folder, "schema.json");
  await writeFile(schema, "{}");
  const add = ["type", "add", "--uri", URI, "--schema-uri", `${URI}/schema.json`, "--schema", schema];
  const stranger = await as<{ state: string; proposal: { data: string } }>(STRANGER, ...add);
  assert.equal(stranger.state, "proposal");
  // The seat's execute(address,bytes) of the timelock's schedule(address,uint256,bytes,bytes32,bytes32,uint256).
  assert.match(stranger.proposal.data, /^0x1cff79cd[0-9a-f]{192}01d5062a/);
  assert.equal((await as<{ state: string }>(COUNCIL, ...add)).state, "done");
  assert.equal((await as<{ state: string }>(STRANGER, ...add)).state, "doneBefore");
  const { typeId, schemaHash } = await as<{ typeId: string; schemaHash: string }>(STRANGER, "type", "show", URI);
  assert.deepEqual([typeId, schemaHash], [id(URI), keccak256(Buffer.from("{}"))]);
  assert.equal((await as<unknown[]>(STRANGER, "type", "show")).length, 1);
  assert.equal((await refused(STRANGER, "type", "show", "urn:none")).code, "NOT_FOUND");
});

test("a root and a grant below it count once they are accepted, and are shown with their chain", async () => {
  const to = (account: number) => ["--to", network.did(account), "--label", "행정안전부"];
  const since = ["--not-before", "2026-01-01", "--valid-for", "3650d"];
  const made = await as<{ grantId: string }>(
    COUNCIL,
    "trust",
    "root",
    "--type",
    URI,
    ...to(MINISTRY),
    ...since,
    "--may-grant",
  );
  root = made.grantId;
  const early = await refused(MINISTRY, "trust", "grant", "--parent", root, ...to(ISSUER), ...since);
  assert.deepEqual([early.code, early.exitCode], ["REFUSED", 5]);
  assert.match(early.message, /does not hold now \(TrustRegistryNotHolding\)/);
  await as(MINISTRY, "trust", "accept", root, "--yes");

  const below = [
    "trust",
    "grant",
    "--parent",
    root,
    ...to(ISSUER),
    "--not-before",
    "2026-02-01",
    "--valid-for",
    "365d",
  ];
  assert.match((await refused(STRANGER, ...below)).message, /may not do this to grant .*TrustRegistryUnauthorized/);
  grant = (await as<{ grantId: string }>(MINISTRY, ...below)).grantId;
  const show = ["trust", "show", network.did(ISSUER)];
  const pending = await as<{ grants: { holds: boolean; reason: string; label: string }[] }>(STRANGER, ...show);
  assert.deepEqual(
    pending.grants.map(({ holds, reason, label }) => [holds, reason, label]),
    [[false, "pending", "행정안전부"]],
  );
  const unasked = await refused(ISSUER, "trust", "accept", grant);
  assert.equal(unasked.code, "USAGE");
  const shown = new RegExp(
    `grant ${grant}.*to +${network.did(ISSUER)} \\(행정안전부\\)\n +holds +from 2026-02-01T00:00:00Z to 2027-02-01T00:00:00Z\n` +
      ` +from +${network.did(MINISTRY)} \\(행정안전부\\)\nAccept it\\?`,
    "s",
  );
  assert.match(unasked.message, shown);
  assert.equal((await refused(ISSUER, "trust", "accept", `0x${"12".repeat(32)}`)).code, "NOT_FOUND");
  await as(ISSUER, "trust", "accept", grant, "--yes");
  const { grants } = await as<{ grants: { holds: boolean; chain: unknown[] }[] }>(STRANGER, ...show, "--type", URI);
  assert.deepEqual([grants[0]?.holds, grants[0]?.chain.length], [true, 2]);
  const text = await mapae(show, network.env);
  assert.match(
    text.stdout,
    /holds\n {4}grant {2}0x.*\(행정안전부\)\n.*\n {4}from {3}did:mapae:local:0x.*\n {4}above {2}did/,
  );
  const { stdout } = await mapae(show, network.as(STRANGER));
  assert.match(stdout, new RegExp(`type +${URI}\n`));
  const [{ typeUri } = {}] = (await as<{ grants: { typeUri?: string }[] }>(STRANGER, ...show)).grants;
  assert.equal(typeUri, URI);
  // Could not ask is not "may ask nothing".
  assert.equal((await refused(STRANGER, ...show, "--node", "http://127.0.0.1:1")).code, "UNAVAILABLE");
});

test("an accredited issuer creates a list, and nobody else does", async () => {
  const create = (account: number, ...more: string[]) => [
    ...["status", "create", network.did(account), "--number", "0", "--type", URI],
    ...["--base-uri", "https://issuer.example/lists", ...more],
  ];
  assert.match(
    (await refused(MINISTRY, ...create(ISSUER))).message,
    /neither the controller .*StatusRegistryUnauthorized/,
  );
  assert.match((await refused(STRANGER, ...create(STRANGER))).message, /not accredited .*StatusRegistryNotAccredited/);
  for (const uri of [
    "http://issuer.example",
    "https://issuer.example/",
    "https://i.example?x",
    "https://i.example#x",
    "ftp://x",
    "x",
  ]) {
    const error = await refused(ISSUER, ...create(ISSUER, "--base-uri", uri));
    assert.equal(error.code, "INVALID_INPUT", uri);
  }
  await as(ISSUER, ...create(ISSUER));
  assert.match((await refused(ISSUER, ...create(ISSUER))).message, /is there already: take another number/);
});

const list = () => [network.did(ISSUER), "0"];
const show = async (...indexes: number[]) => {
  const args = ["status", "show", ...list(), ...(indexes.length > 0 ? ["--index", indexes.join()] : [])];
  return as<{ revoked: number; suspended: number; closed: boolean; statuses: { status: string }[] }>(STRANGER, ...args);
};
const statuses = async (...indexes: number[]) => (await show(...indexes)).statuses.map(({ status }) => status);

test("the issuer revokes and suspends, which changes what is shown; anybody else is refused by name", async () => {
  const error = await refused(STRANGER, "status", "revoke", ...list(), "--index", "5");
  assert.deepEqual([error.code, error.exitCode], ["REFUSED", 5]);
  assert.match(error.message, /StatusRegistryUnauthorized/);
  assert.deepEqual(await statuses(5, 6, 7), ["valid", "valid", "valid"]);
  await as(ISSUER, "status", "revoke", ...list(), "--index", "5,300-309");
  await as(ISSUER, "status", "suspend", ...list(), "--index", "6");
  assert.deepEqual(await statuses(5, 6, 7, 300, 309, 310), [
    "revoked",
    "suspended",
    "valid",
    "revoked",
    "revoked",
    "valid",
  ]);
  const { revoked, suspended } = await show();
  assert.deepEqual([revoked, suspended], [11, 1]);
});

test("what is revoked can't be reinstated, what is suspended can", async () => {
  const error = await refused(ISSUER, "status", "reinstate", ...list(), "--index", "5-6");
  assert.match(error.message, /Credential 5 is revoked, which is forever/);
  await as(ISSUER, "status", "reinstate", ...list(), "--index", "6");
  assert.deepEqual(await statuses(5, 6), ["revoked", "valid"]);
});

test("thousands from a file go in batches of 512 words, and a repeated call sends only what is missing", async () => {
  const file = join(folder, "indexes.json");
  const document = join(folder, "reason.txt");
  await writeFile(document, "Lost with the bag that held them");
  await as(
    ISSUER,
    "status",
    "create",
    network.did(ISSUER),
    "--number",
    "1",
    "--type",
    URI,
    "--base-uri",
    "https://i.example",
    "--size",
    "262144",
  );
  const all = Array.from({ length: 1_024 }, (_, word) => 256 * word + (word % 256));
  await writeFile(file, JSON.stringify(all));
  const revoke = ["status", "revoke", network.did(ISSUER), "1", "--file", file, "--reason", document];
  const { transactions, reason, salt } = await as<{ transactions: unknown[]; reason: string; salt: string }>(
    ISSUER,
    ...revoke,
  );
  assert.equal(transactions.length, 2);
  assert.equal(reason, keccak256(concat([salt, Buffer.from("Lost with the bag that held them")])));
  await writeFile(file, [...all, 1].join("\n"));
  assert.equal((await as<{ transactions: unknown[] }>(ISSUER, ...revoke)).transactions.length, 1);
  assert.equal((await as<{ transactions: unknown[] }>(ISSUER, ...revoke)).transactions.length, 0);
  const { revoked } = await as<{ revoked: number }>(STRANGER, "status", "show", network.did(ISSUER), "1");
  assert.equal(revoked, 1_025);
});

test("indexes that are none, or not in the list, are refused before anything is sent", async () => {
  for (const [index, message] of [
    ["x", /a number or a range/],
    ["-1", /a number or a range/],
    ["131072", /0 to 131071/],
    ["7-5", /0 to 131071/],
    [" ", /No index/],
  ] as const) {
    const error = await refused(ISSUER, "status", "revoke", ...list(), `--index=${index}`);
    assert.equal(error.code, "INVALID_INPUT");
    assert.match(error.message, message);
  }
  assert.equal((await refused(ISSUER, "status", "revoke", ...list())).code, "USAGE");
  assert.equal((await refused(ISSUER, "status", "show", network.did(ISSUER), "7")).code, "NOT_FOUND");
  assert.equal((await refused(ISSUER, "status", "show", network.did(ISSUER), "x")).code, "INVALID_INPUT");
});

test("a delegate for statuses revokes until it is revoked itself", async () => {
  const delegate = ["--type", "status", "--delegate", developmentAccount(DELEGATE).address];
  const revoke = (index: number) => ["status", "revoke", ...list(), "--index", String(index)];
  assert.match((await refused(DELEGATE, ...revoke(20))).message, /StatusRegistryUnauthorized/);
  await as(ISSUER, "did", "add-delegate", network.did(ISSUER), ...delegate);
  await as(DELEGATE, ...revoke(20));
  await as(ISSUER, "did", "revoke-delegate", network.did(ISSUER), ...delegate);
  assert.match((await refused(DELEGATE, ...revoke(21))).message, /StatusRegistryUnauthorized/);
  assert.deepEqual(await statuses(20, 21), ["revoked", "valid"]);
  await as(ISSUER, "did", "add-delegate", network.did(ISSUER), ...delegate, "--valid-for", "1d", "--yes");
});

test("a delegate that may only suspend does so, and neither reinstates nor revokes", async () => {
  const delegate = ["--type", "suspend", "--delegate", developmentAccount(STRANGER).address];
  const change = (verb: string, index: number) => ["status", verb, ...list(), "--index", String(index)];
  assert.match((await refused(STRANGER, ...change("suspend", 22))).message, /StatusRegistryUnauthorized/);
  await as(ISSUER, "did", "add-delegate", network.did(ISSUER), ...delegate);
  await as(STRANGER, ...change("suspend", 22));
  assert.match((await refused(STRANGER, ...change("revoke", 23))).message, /StatusRegistryUnauthorized/);
  assert.match((await refused(STRANGER, ...change("reinstate", 22))).message, /StatusRegistryUnauthorized/);
  assert.deepEqual(await statuses(22, 23), ["suspended", "valid"]);
  await as(ISSUER, "did", "revoke-delegate", network.did(ISSUER), ...delegate);
  assert.match((await refused(STRANGER, ...change("suspend", 23))).message, /StatusRegistryUnauthorized/);
  await as(ISSUER, ...change("reinstate", 22));
});

test("a list is checkpointed and closed, and its statuses still change", async () => {
  await as(ISSUER, "status", "checkpoint", ...list());
  await as(ISSUER, "status", "close", ...list());
  assert.equal((await show()).closed, true);
  assert.match((await refused(ISSUER, "status", "close", ...list())).message, /was closed before/);
  await as(ISSUER, "status", "suspend", ...list(), "--index", "30");
});

test("a grant is extended by who may grant it, within the parent's end; a withdrawal after its end is refused", async () => {
  const extend = (to: string) => ["trust", "extend", grant, "--not-after", to];
  assert.match((await refused(ISSUER, ...extend("2028-01-01"))).message, /TrustRegistryUnauthorized/);
  assert.match((await refused(MINISTRY, ...extend("2100-01-01"))).message, /TrustRegistryInvalidExtension/);
  const end = async () => {
    const { grants } = await as<{ grants: { grantId: string; chain: { notAfter: number }[] }[] }>(
      STRANGER,
      "trust",
      "show",
      network.did(ISSUER),
    );
    return grants.find(({ grantId }) => grantId === grant)?.chain[0]?.notAfter ?? assert.fail();
  };
  const before = await end();
  const later = new Date(1_000 * (before + 86_400)).toISOString().slice(0, 19);
  assert.equal((await refused(MINISTRY, ...extend(`${later}Z`), "--salt", "2")).code, "USAGE");
  await as(MINISTRY, ...extend(`${later}Z`));
  assert.equal(await end(), before + 86_400);
  const late = await refused(MINISTRY, "trust", "withdraw", grant, "--from", "2090-01-01");
  assert.match(late.message, /TrustRegistryWithdrawalTooLate/);
});

test("a withdrawal with a past date answers otherwise for before and after; revoking works on, reinstating does not", async () => {
  const withdraw = (from: string) => ["trust", "withdraw", grant, "--from", from];
  assert.match((await refused(STRANGER, ...withdraw("2026-06-01"))).message, /TrustRegistryUnauthorized/);
  assert.match((await refused(ISSUER, ...withdraw("2026-06-01"))).message, /TrustRegistryWithdrawalTooEarly/);
  await as(MINISTRY, ...withdraw("2026-06-01"));
  assert.match((await refused(MINISTRY, ...withdraw("2026-07-01"))).message, /TrustRegistryAlreadyWithdrawn/);
  const at = async (...args: string[]) => {
    const { grants } = await as<{ grants: { holds: boolean; reason?: string }[] }>(
      STRANGER,
      "trust",
      "show",
      network.did(ISSUER),
      ...args,
    );
    return grants.map(({ holds, reason }) => [holds, reason]);
  };
  assert.deepEqual(await at("--at", "2026-05-31T23:59:59Z"), [[true, undefined]]);
  assert.deepEqual(await at("--at", "2026-06-01T00:00:00Z"), [[false, "withdrawn"]]);
  assert.deepEqual(await at("--at", "2026-01-15"), [[false, "notYetValid"]]);
  assert.deepEqual(await at(), [[false, "withdrawn"]]);

  await as(ISSUER, "status", "revoke", ...list(), "--index", "40");
  const error = await refused(ISSUER, "status", "reinstate", ...list(), "--index", "30");
  assert.match(error.message, /not accredited for credential type .*StatusRegistryNotAccredited/);
  assert.deepEqual(await statuses(30, 40), ["suspended", "revoked"]);
});

test("a past block's knowledge has no withdrawal yet", async () => {
  const blocks = Number(await network.chain.rpc("eth_blockNumber"));
  const held = async (asOf: number) => {
    const args = ["trust", "show", network.did(ISSUER), "--at", "2026-06-02", "--as-of", String(asOf)];
    return (await as<{ grants: { holds: boolean }[] }>(STRANGER, ...args)).grants[0]?.holds;
  };
  let asOf = blocks;
  while (asOf > 0 && !(await held(asOf))) asOf--;
  assert(asOf > 0 && asOf < blocks);
  assert.equal(
    (await refused(STRANGER, "trust", "show", network.did(ISSUER), "--as-of", "99999999")).code,
    "INVALID_INPUT",
  );
});

test("the last owner of a deactivated issuer still revokes, its delegates don't", async () => {
  await as(ISSUER, "did", "deactivate", network.did(ISSUER), "--yes");
  await as(ISSUER, "status", "revoke", ...list(), "--index", "50");
  await as(ISSUER, "status", "suspend", ...list(), "--index", "51");
  assert.match(
    (await refused(DELEGATE, "status", "revoke", ...list(), "--index", "52")).message,
    /StatusRegistryUnauthorized/,
  );
  assert.match(
    (await refused(ISSUER, "status", "reinstate", ...list(), "--index", "51")).message,
    /StatusRegistryNotAccredited/,
  );
  assert.deepEqual(await statuses(50, 51, 52), ["revoked", "suspended", "valid"]);
});

test("a type that no credential can name is refused, and one that ends with a slash is warned of", async () => {
  const hash = ["--schema-uri", "urn:s", "--schema-hash", id("schema")];
  for (const { uri, right } of TYPE_URIS) {
    const outcome = await mapae(["type", "add", "--uri", uri, ...hash, "--json"], network.as(STRANGER));
    if (right) assert.equal(outcome.code, 0, uri);
    else assert.equal(errorOf(outcome).code, "INVALID_INPUT", uri);
  }
  const slash = await mapae(["type", "add", "--uri", `${URI}/`, ...hash], network.as(STRANGER));
  assert.match(slash.stderr, /ends with a slash/);
});

test("times, grants, labels and delegates that are none are refused by name", async () => {
  const to = ["--to", network.did(STRANGER), "--parent", root];
  for (const args of [
    ["trust", "show", network.did(ISSUER), "--at", "yesterday"],
    ["trust", "show", network.did(ISSUER), "--as-of", "newest"],
    ["trust", "accept", "0x12"],
    ["trust", "withdraw", grant, "--from", "1 June"],
    ["trust", "grant", ...to, "--label", "a\u202eb"],
    ["trust", "grant", ...to, "--label", "Agency \ue000"],
    ["trust", "grant", ...to, "--label", "\u3164"],
    ["trust", "grant", ...to, "--label", ""],
    ["trust", "grant", ...to, "--label", "x", "--not-before", "2026"],
    ["did", "add-delegate", network.did(MINISTRY), "--type", "행", "--delegate", developmentAccount(1).address],
    ["did", "add-delegate", network.did(MINISTRY), "--type", "status", "--delegate", "0x12"],
    ["trust", "show", network.did(ISSUER).replace("local", "gov-00000000")],
    ["type", "add", "--uri", "urn:u", "--schema-uri", "u", "--schema-hash", "0x12"],
  ]) {
    const error = await refused(MINISTRY, ...args);
    assert.equal(error.code, "INVALID_INPUT", `${args}: ${error.message}`);
  }
  const both = ["--label", "x", "--not-after", "2027-01-01", "--valid-for", "1d"];
  assert.equal((await refused(MINISTRY, "trust", "grant", ...to, ...both)).code, "USAGE");
  assert.equal((await refused(MINISTRY, "type", "add", "--uri", "urn:u", "--schema-uri", "u")).code, "USAGE");
});

test("a council whose account has nothing is told so before it proposes", async () => {
  const { address } = developmentAccount(COUNCIL);
  const balance = await network.chain.rpc("eth_getBalance", [address, "latest"]);
  await network.chain.rpc("hardhat_setBalance", [address, "0x0"]);
  const broke = await refused(
    COUNCIL,
    "type",
    "add",
    "--uri",
    "urn:b",
    "--schema-uri",
    "urn:s",
    "--schema-hash",
    id("s"),
  );
  await network.chain.rpc("hardhat_setBalance", [address, balance]);
  assert.deepEqual([broke.code, /has a balance of 0/.test(broke.message)], ["REFUSED", true]);
});

test("what was done, undone and is wanted again is proposed with a salt, and in the order of its predecessor", async () => {
  const to = [
    "--to",
    network.did(STRANGER),
    "--label",
    "Salted",
    "--not-before",
    "2026-01-01",
    "--not-after",
    "2030-01-01",
  ];
  const again = ["trust", "root", "--type", URI, ...to];
  type Made = { state: string; grantId?: string; operation: string };
  const first = await as<Made>(COUNCIL, ...again);
  const withdraw = ["trust", "withdraw", first.grantId ?? "", "--from", "2026-01-01"];
  assert.match((await refused(COUNCIL, ...withdraw)).message, /TrustRegistryUnauthorized/);
  const other = await as<{ proposal: { to: string; data: string } }>(STRANGER, ...withdraw, "--as-council");
  assert.match(other.proposal.to + other.proposal.data, /^0x[0-9a-f]{40}0x[0-9a-f]+$/);
  await as(COUNCIL, ...withdraw, "--as-council");
  const same = await as<Made>(COUNCIL, ...again);
  assert.deepEqual([same.state, same.grantId, same.operation], ["doneBefore", undefined, first.operation]);
  const salted = await as<Made>(COUNCIL, ...again, "--salt", "2");
  assert.equal(salted.state, "done");
  assert.match(salted.grantId ?? "", /^0x[0-9a-f]{64}$/);
  assert.notEqual(salted.grantId, first.grantId);
  assert.equal((await as<Made>(COUNCIL, ...again, "--salt", "2")).state, "doneBefore");

  const early = await refused(COUNCIL, ...again, "--salt", "3", "--after", `0x${"12".repeat(32)}`);
  assert.match(early.message, /operation 0x12.* has to be executed before \(TimelockUnexecutedPredecessor\)/);
  assert.equal((await as<Made>(COUNCIL, ...again, "--salt", "4", "--after", salted.operation)).state, "done");

  const extend = (to: string) => ["trust", "extend", root, "--not-after", to, "--salt", "5", "--after"];
  assert.match((await refused(COUNCIL, ...extend("2100-01-01"), `0x${"12".repeat(32)}`)).message, /TimelockUnexecuted/);
  const extended = await as<Made>(COUNCIL, ...extend("2100-01-02"), salted.operation);
  assert.equal(extended.state, "done");
  assert.notEqual(extended.operation, (await as<Made>(COUNCIL, ...extend("2100-01-03"), salted.operation)).operation);
  assert.equal((await refused(COUNCIL, ...again, "--after", "x")).code, "INVALID_INPUT");
});

test("a withdrawal says what its date means for cards issued meanwhile", () => {
  assert.match(describeWithdrawal(undefined, 100), /up to now stay valid, later ones/);
  assert.match(describeWithdrawal(200, 100), /until 1970-01-01T00:03:20Z are accredited.*later ones are not/);
  assert.match(describeWithdrawal(50, 100), /since 1970-01-01T00:00:50Z are not accredited any more.*void/);
});
