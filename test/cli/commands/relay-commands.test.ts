import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { developmentAccount } from "../../../cli/local/accounts.ts";
import { answerOf, errorOf, mapae, startNetwork, temporaryFolder } from "../harness.ts";

const URI = "https://types.example/official-id/v1";
const [COUNCIL, ISSUER, PAYER] = [0, 2, 9] as const;
const KEY =
  '{"kty":"EC","crv":"P-256","x":"aAALuC1ngMlgbt02pG9PuBl2-0vIgaPmczMbtPHrGiI","y":"ke1FpYLOtTB97YcmkFI_wAAZ71xFVS5lA8b523qj5Fk"}';

test("an account without gas can sign every kind of write, which another account sends and pays for", async (t) => {
  const folder = await temporaryFolder(t);
  const network = await startNetwork(folder);
  t.after(() => network.chain.stop());
  const file = join(folder, "requests.jsonl");
  const sign = (...args: string[]) => answerOf<{ request: string }>([...args, "--relay", file], network.as(ISSUER));
  const relay = (...args: string[]) => mapae(["relay", file, "--json", ...args], network.as(PAYER));
  const sent = async () => JSON.parse((await relay()).stdout).sent as { block: number }[];
  const clear = () => writeFile(file, "");
  const issuer = network.did(ISSUER);

  const type = ["type", "add", "--uri", URI, "--schema-uri", URI, "--schema-hash", `0x${"12".repeat(32)}`];
  await answerOf(type, network.as(COUNCIL));
  const root = ["trust", "root", "--type", URI, "--to", issuer, "--label", "행안부", "--not-before", "2026-01-01"];
  const { grantId } = await answerOf<{ grantId: string }>(root, network.as(COUNCIL));

  // The issuer has no balance, and makes no transactions.
  const account = developmentAccount(ISSUER).address;
  await network.chain.rpc("hardhat_setBalance", [account, "0x0"]);
  assert.equal((await sign("did", "create", "--key", `assertion=${KEY}`)).request, file);
  await sign("trust", "accept", grantId, "--yes");
  assert.equal((await sent()).length, 2);
  await clear();
  await sign("status", "create", issuer, "--number", "0", "--type", URI, "--base-uri", "https://issuer.example");
  assert.equal((await sent()).length, 1);
  await clear();
  await sign("status", "revoke", issuer, "0", "--index", "5,1000");
  await sign("did", "add-service", issuer, "--type", "LinkedDomains", "--endpoint", "https://issuer.example");
  const lines = await readFile(file, "utf8");
  assert.equal((await sent()).length, 2);
  const { revoked } = await answerOf<{ revoked: number }>(["status", "show", issuer, "0"], network.env);
  assert.equal(revoked, 2);
  assert.equal(await network.chain.rpc("eth_getTransactionCount", [account, "latest"]), "0x0");

  const refusal = async (content: string, message: RegExp, ...args: string[]) => {
    await writeFile(file, content);
    const outcome = await relay(...args);
    assert.notEqual(outcome.code, 0);
    assert.match(errorOf({ ...outcome, stdout: "" }).message, message);
    return outcome;
  };
  const [first = ""] = lines.split("\n");
  const request = JSON.parse(first);
  const altered = (change: object) => `${JSON.stringify({ ...request, ...change })}\n`;
  await refusal(lines, /Request 1, of 0x3c44.*: its nonce is 3, the next is 5: it was sent or cancelled before/);
  await refusal(altered({ nonce: "9" }), /its nonce is 9, the next is 5: one before it is missing/);
  await refusal(altered({ nonce: "5" }), /its signature is not of 0x3c44/);
  await refusal(altered({ to: account }), /is no registry of this network/);
  await refusal(altered({ deadline: 1 }), /its deadline, 1970-01-01T00:00:01Z, is over/);
  await refusal(altered({ value: "1" }), /Line 1 .*a request that moves value is refused/s);
  await refusal("{}\n", /Line 1 of .* is no signed request/);
  await refusal("no JSON\n", /Line 1 of .* is no signed request/);
  await refusal("", /holds no request/);

  // A request that the registry would refuse is reported with its error, and the next one is still sent.
  await clear();
  await sign("status", "close", issuer, "0");
  const [close = ""] = (await readFile(file, "utf8")).split("\n");
  assert.equal((await sent()).length, 1);
  await clear();
  const error = errorOf(await mapae(["status", "close", issuer, "0", "--relay", file, "--json"], network.as(ISSUER)));
  assert.match(error.message, /was closed before \(StatusRegistryListClosed\)/);
  await sign("status", "suspend", issuer, "0", "--index", "7");
  const both = `${close}\n${await readFile(file, "utf8")}`;
  const outcome = await refusal(both, /1 of 2 requests failed/, "--keep-going");
  assert.match(outcome.stderr, /it was sent or cancelled before/);
  const { suspended } = await answerOf<{ suspended: number }>(["status", "show", issuer, "0"], network.env);
  assert.equal(suspended, 1);
  assert.equal(errorOf(await mapae([...type, "--relay", file, "--json"], network.as(COUNCIL))).code, "USAGE");
});
