import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { concat, id, keccak256 } from "ethers";
import { developmentAccount } from "../../../cli/local/accounts.ts";
import { mapae } from "../harness.ts";
import { COUNCIL, DELEGATE, ISSUER, MINISTRY, STRANGER, startStory, URI } from "./story.ts";

// The story of an issuer's lists: each test continues on the chain of the previous one.

const { folder, network, as, refused } = await startStory({ after });
const to = (account: number) => ["--to", network.did(account), "--label", "행정안전부"];
const since = ["--not-before", "2026-01-01", "--valid-for", "3650d"];
await as(COUNCIL, "type", "add", "--uri", URI, "--schema-uri", "urn:s", "--schema-hash", id("schema"));
type Granted = { grantId: string };
const above = ["trust", "root", "--type", URI, ...to(MINISTRY), ...since, "--may-grant"];
const { grantId: root } = await as<Granted>(COUNCIL, ...above);
await as(MINISTRY, "trust", "accept", root, "--yes");
const { grantId: grant } = await as<Granted>(MINISTRY, "trust", "grant", "--parent", root, ...to(ISSUER), ...since);
await as(ISSUER, "trust", "accept", grant, "--yes");

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

test("the number of a list is the same text in every answer, also beyond what a JSON number can hold", async () => {
  const number = String(2n ** 53n + 1n);
  const lists = "https://issuer.example/lists";
  const create = ["status", "create", network.did(ISSUER), "--number", number, "--type", URI, "--base-uri", lists];
  assert.equal((await as<{ number: string }>(ISSUER, ...create)).number, number);
  const shown = await as<{ number: string }>(STRANGER, "status", "show", network.did(ISSUER), number);
  assert.equal(shown.number, number);
});

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

test("thousands from a file go in batches of 512 chunks, and a repeated call sends only what is missing", async () => {
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
  const all = Array.from({ length: 1_024 }, (_, chunk) => 256 * chunk + (chunk % 256));
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

test("a reason is the hash of a document's bytes, and its salt is printed before anything is sent", async () => {
  const document = join(folder, "reason.pdf");
  const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0x25, 0xff, 0x00]);
  await writeFile(document, bytes);
  const suspend = (index: number) => ["status", "suspend", ...list(), `--index=${index}`, "--reason", document];
  const { reason, salt } = await as<{ reason: string; salt: string }>(ISSUER, ...suspend(60_000));
  assert.equal(reason, keccak256(concat([salt, bytes])));
  // Without the salt, the reasons of changes that were sent before a failure could not be proven.
  const { code, stderr } = await mapae([...suspend(60_001), "--json"], network.as(STRANGER));
  assert.equal(code, 5);
  assert.match(stderr, /^\{"warning":"The salt of the reason is 0x[0-9a-f]{64}: keep it with the document"\}\n/);
});

test("invalid indexes, and indexes beyond the list, are refused before anything is sent", async () => {
  for (const [index, message] of [
    ["x", /a number or a range/],
    ["-1", /a number or a range/],
    ["131072", /0 to 131071/],
    ["9-5", /from the lower index to the higher, got 9-5/],
    [" ", /^--index: Wanted an index, got " "/],
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
  const again = await refused(ISSUER, "did", "revoke-delegate", network.did(ISSUER), ...delegate);
  assert.deepEqual([again.code, /is revoked already/.test(again.message)], ["INVALID_INPUT", true]);
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
  for (const part of [
    ["--from", "512"],
    ["--from", "9999999"],
    ["--from", "1", "--count", "512"],
    ["--count", "0"],
  ]) {
    const error = await refused(ISSUER, "status", "checkpoint", ...list(), ...part);
    assert.deepEqual(
      [error.code, /^--(?:from|count).* chunk.* got/.test(error.message)],
      ["INVALID_INPUT", true],
      `${part}`,
    );
  }
  await as(ISSUER, "status", "close", ...list());
  assert.equal((await show()).closed, true);
  assert.match((await refused(ISSUER, "status", "close", ...list())).message, /was closed before/);
  await as(ISSUER, "status", "suspend", ...list(), "--index", "30");
});

test("after the issuer's grant was withdrawn, it can still revoke but not reinstate", async () => {
  await as(MINISTRY, "trust", "withdraw", grant, "--from", "2026-06-01");
  await as(ISSUER, "status", "revoke", ...list(), "--index", "40");
  const error = await refused(ISSUER, "status", "reinstate", ...list(), "--index", "30");
  assert.match(error.message, /not accredited for credential type .*StatusRegistryNotAccredited/);
  assert.deepEqual(await statuses(30, 40), ["suspended", "revoked"]);
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
