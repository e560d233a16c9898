import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { id, keccak256 } from "ethers";
import { developmentAccount } from "../../../cli/local/accounts.ts";
import { describeWithdrawal } from "../../../cli/trust/withdrawal.ts";
import TYPE_URIS from "../../vectors/credentials/type-uris.json" with { type: "json" };
import { errorOf, mapae } from "../harness.ts";
import { COUNCIL, ISSUER, MINISTRY, STRANGER, startStory, URI } from "./story.ts";

// The story of a type, a root and a grant: each test continues on the chain of the previous one.

const { folder, network, as, refused } = await startStory({ after });
let root: string;
let grant: string;

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
  // An unreachable node must not count as "may request nothing".
  assert.equal((await refused(STRANGER, ...show, "--node", "http://127.0.0.1:1")).code, "UNAVAILABLE");
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

test("after a withdrawal with a past date, answers differ for times before and after it", async () => {
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
  const { stdout } = await mapae(["trust", "show", network.did(ISSUER)], network.as(STRANGER));
  assert.match(
    stdout,
    /does not hold: withdrawn\n {4}why {4}The accreditation, or one above it, was withdrawn by then\.\n/,
  );
});

test("a withdrawal from second 0 is refused, because the registry would end the grant now", async () => {
  const blocks = await network.chain.rpc("eth_blockNumber");
  for (const from of ["1970-01-01", "1970-01-01T09:00:00+09:00"]) {
    const error = await refused(COUNCIL, "trust", "withdraw", root, "--from", from, "--as-council");
    assert.equal(error.code, "INVALID_INPUT");
    assert.match(error.message, /The registry reads 1970-.*, second 0, as now/);
  }
  assert.equal(await network.chain.rpc("eth_blockNumber"), blocks);
});

test("the hash of a schema is that of the file's bytes, a byte order mark included", async () => {
  const schema = join(folder, "bom.json");
  const bytes = Buffer.from("\ufeff{}");
  await writeFile(schema, bytes);
  const add = ["type", "add", "--uri", `${URI}/bom`, "--schema-uri", "urn:s", "--schema", schema];
  const { proposal } = await as<{ proposal: { data: string } }>(STRANGER, ...add);
  assert(proposal.data.includes(keccak256(bytes).slice(2)));
});

test("an answer as of a block before the withdrawal does not have it", async () => {
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

test("invalid times, grants, labels and delegates are refused with an error that names them", async () => {
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
  assert.equal((await refused(MINISTRY, "type", "add", "--uri", "urn:u", "--schema-uri", "urn:s")).code, "USAGE");
});

test("a council whose account has no balance gets an error before it proposes", async () => {
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

test("an act that was done and undone can be proposed again with a salt, also after a predecessor", async () => {
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

test("a root of a type that is not there is proposed with a warning, because the type may wait for its own operation", async () => {
  const root = (type: string) => ["trust", "root", "--type", type, "--to", network.did(STRANGER), "--label", "x"];
  const misspelt = await mapae(root(`${URI}x`), network.as(STRANGER));
  assert.match(misspelt.stderr, /^Warning: There is no credential type .*x now/);
  assert.doesNotMatch((await mapae(root(URI), network.as(STRANGER))).stderr, /Warning/);
});

test("a withdrawal says what its date means for cards issued meanwhile", () => {
  assert.match(describeWithdrawal(undefined, 100), /up to now stay valid, later ones/);
  assert.match(describeWithdrawal(200, 100), /until 1970-01-01T00:03:20Z are accredited.*later ones are not/);
  assert.match(describeWithdrawal(50, 100), /since 1970-01-01T00:00:50Z are not accredited any more.*void/);
});
