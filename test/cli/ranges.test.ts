import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { deflateSync } from "node:zlib";
import { AbiCoder, Interface, keccak256, ZeroHash } from "ethers";
import { developmentAccount } from "../../cli/local/accounts.ts";
import { makeStatusJwt } from "../../node/lists/make-token.ts";
import { councilSeatAbi } from "../../resolver/abi.ts";
import { httpRpc, rpcReader } from "../../resolver/index.ts";
import { issuerOf } from "../helpers/issue.ts";
import { answerOf, freePorts, mapae } from "./harness.ts";
import { LIMIT, startLimitedChain } from "./limited-chain.ts";

// Every command that asks a chain, 20 000 blocks after the network, its types, grants, lists and DIDs were made. The library's
// part is in test/resolver: evidence/chain.test.ts, chain/all-logs.test.ts and chain/walk-back.test.ts.

const PASSED = 20_000;
const URI = "https://types.example/official-id/v1";
const HASH = `0x${"12".repeat(32)}`;
const [COUNCIL, MINISTRY, ISSUER, DELEGATE, OTHER, NEW, NEXT, PAYER] = [0, 1, 2, 3, 4, 5, 6, 9] as const;

/** Commands that ask no chain, and those that run until they are stopped: a node follows a chain in test/node and test/e2e. */
const NO_ROW = [
  "network init",
  ...["validators show", "validators hung"],
  ...["start", "node", "driver", "gate", "bundle make", "bundle verify", "bundle show"],
  ...["key new", "key show", "signer new", "signer show", "audit token"],
];
/** Commands that read the logs of all blocks: who ever held a role, what was ever scheduled, and the history of an index. */
const AUDITS = ["network roles", "network deploy", "council cancel", "rebuild"];

const account = (number: number) => developmentAccount(number).address;
const did = (number: number) => `did:mapae:local:${account(number)}`;
const issuer = issuerOf(did(ISSUER));
const key = JSON.stringify(issuer.signer.jwk);
const fragment = issuer.signer.keyId.split("#")[1] ?? "";
const until = ["--not-before", "2026-01-01", "--not-after", "2036-01-01"];
const service = ["--type", "LinkedDomains", "--endpoint", "https://agency.example"];

let folder: string;
let chain: Awaited<ReturnType<typeof startLimitedChain>>;
let env: Record<string, string | undefined>;
let lists: Awaited<ReturnType<typeof serveList>>;
const made = { root: "", grant: "", pending: "", doomed: "", guardian: "" };
/** The address of a guardian that governs nothing on this network. */
const OWNERS = [10, 11] as const;
const as = (number: number) => ({ ...env, MAPAE_PRIVATE_KEY: developmentAccount(number).privateKey });
const file = (name: string) => join(folder, name);

/** Serves the issuer's list 0, in which all are valid, as of the newest block. */
async function serveList() {
  const server = createServer(async (_, response) => {
    const newest = await rpcReader(httpRpc({ url: chain.url })).header("latest");
    assert.ok(newest);
    const asOf = { ...newest, finalizedBlock: newest.number };
    const compressed = deflateSync(Buffer.alloc((2 * 131_072) / 8));
    const token = await makeStatusJwt({ uri: `${url}/0`, asOf, compressed, signer: issuer.signer });
    response.setHeader("content-type", "application/statuslist+jwt").end(token);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/lists`;
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url, stop };
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "mapae-test-"));
  chain = await startLimitedChain();
  lists = await serveList();
  const [MAPAE_HTTP_PORT, MAPAE_METRICS_PORT] = await freePorts(2);
  const node = { MAPAE_DATA_DIR: file("index"), MAPAE_HTTP_PORT, MAPAE_METRICS_PORT };
  env = { MAPAE_RPC_URLS: chain.url, MAPAE_NETWORK: file("network.json"), MAPAE_HOME: folder, ...node };

  await answerOf(["network", "deploy", "--label", "local", "--out", file("network.json")], as(COUNCIL));
  for (const one of [MINISTRY, ISSUER, NEXT, OTHER])
    await answerOf(["did", "create", "--key", `assertion=${key}`], as(one));
  await answerOf(["type", "add", "--uri", URI, "--schema-uri", URI, "--schema-hash", HASH], as(COUNCIL));
  const to = (number: number) => ["--to", did(number), "--label", "발급기관", ...until];
  const granted = async (by: number, ...args: string[]) =>
    (await answerOf<{ grantId: string }>(["trust", ...args], as(by))).grantId;
  made.root = await granted(COUNCIL, "root", "--type", URI, ...to(MINISTRY), "--may-grant");
  await answerOf(["trust", "accept", made.root, "--yes"], as(MINISTRY));
  made.grant = await granted(MINISTRY, "grant", "--parent", made.root, ...to(ISSUER));
  await answerOf(["trust", "accept", made.grant, "--yes"], as(ISSUER));
  made.pending = await granted(MINISTRY, "grant", "--parent", made.root, ...to(ISSUER));
  made.doomed = await granted(MINISTRY, "grant", "--parent", made.root, ...to(OTHER));
  const list = ["--number", "0", "--type", URI, "--base-uri", lists.url];
  await answerOf(["status", "create", did(ISSUER), ...list], as(ISSUER));
  await answerOf(["did", "add-service", did(MINISTRY), ...service, "--relay", file("requests")], as(MINISTRY));
  const body = (...owners: number[]) => ({ threshold: 2, owners: owners.map(account) });
  const bodies = { council: body(12, 13), guardian: body(...OWNERS) };
  await writeFile(file("bodies.json"), JSON.stringify(bodies));
  const founded = ["council", "found", file("bodies.json"), "--out", file("council.json")];
  made.guardian = (await answerOf<{ guardian: string }>(founded, as(COUNCIL))).guardian;
  const replaceKey = ["council", "replace-key", account(OWNERS[0]), account(PAYER), "--safe", made.guardian];
  await writeFile(file("key.json"), JSON.stringify(await answerOf(replaceKey, as(OTHER))));
  await answerOf(["council", "sign", file("key.json"), "--safe", made.guardian, "--yes"], as(OWNERS[1]));
  const credential = { type: URI, issuedAt: Math.floor(Date.now() / 1_000), listUri: `${lists.url}/0`, index: 9 };
  await writeFile(file("credential"), await issuer.sdJwt(credential));
  await chain.mine(PASSED);
});
after(async () => {
  lists?.stop();
  await chain?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The commands in the order in which they are called, who calls them, and how many requests of the chain they may make. */
const ROWS: [command: string, args: () => readonly string[], by: number, requests: number][] = [
  ["network check", () => [], OTHER, 40],
  ["network roles", () => [], OTHER, 80],
  ["verify", () => [file("credential")], OTHER, 50],
  ["doctor", () => [did(ISSUER)], OTHER, 40],
  ["resolve", () => [did(ISSUER)], OTHER, 25],
  ["did show", () => [did(ISSUER)], OTHER, 25],
  ["did create", () => ["--service", "LinkedDomains=https://new.example"], NEW, 35],
  ["did add-key", () => [did(ISSUER), "--purpose", "authentication", "--jwk", key], ISSUER, 40],
  ["did add-service", () => [did(ISSUER), ...service], ISSUER, 40],
  ["did add-delegate", () => [did(ISSUER), "--type", "status", "--delegate", account(DELEGATE)], ISSUER, 40],
  ["did revoke-delegate", () => [did(ISSUER), "--type", "status", "--delegate", account(DELEGATE)], ISSUER, 60],
  ["did revoke-key", () => [did(OTHER), `#${fragment}`], OTHER, 60],
  ["did set-owner", () => [did(NEXT), account(NEW), "--unproven"], NEXT, 40],
  ["did deactivate", () => [did(OTHER), "--yes"], OTHER, 40],
  ["type add", () => ["--uri", `${URI}/2`, "--schema-uri", URI, "--schema-hash", HASH], COUNCIL, 60],
  ["type show", () => [], OTHER, 25],
  ["trust root", () => ["--type", URI, "--to", did(NEW), "--label", "부처", ...until], COUNCIL, 60],
  ["trust grant", () => ["--parent", made.root, "--to", did(NEW), "--label", "발급기관", ...until], MINISTRY, 35],
  ["trust accept", () => [made.pending, "--yes"], ISSUER, 50],
  ["trust extend", () => [made.root, "--not-after", "2040-01-01"], COUNCIL, 60],
  ["trust withdraw", () => [made.doomed], MINISTRY, 35],
  ["trust show", () => [did(ISSUER)], OTHER, 50],
  ["status create", () => [did(ISSUER), "--number", "1", "--type", URI, "--base-uri", lists.url], ISSUER, 35],
  ["status allocate", () => [did(ISSUER), "0"], OTHER, 25],
  ["status revoke", () => [did(ISSUER), "0", "--index", "5,700"], ISSUER, 40],
  ["status suspend", () => [did(ISSUER), "0", "--index", "6"], ISSUER, 40],
  ["status reinstate", () => [did(ISSUER), "0", "--index", "6"], ISSUER, 40],
  ["status checkpoint", () => [did(ISSUER), "0", "--count", "8"], ISSUER, 40],
  ["status show", () => [did(ISSUER), "0"], OTHER, 25],
  ["status close", () => [did(ISSUER), "0"], ISSUER, 40],
  ["network show", () => [], OTHER, 0],
  ["did take-over", () => [did(NEXT)], NEW, 0],
  ["relay", () => [file("requests")], PAYER, 40],
  ["relay cancel", () => [], ISSUER, 40],
  ["rebuild", () => [], OTHER, 50],
  ["verify-store", () => [], OTHER, 25],
  ["backup", () => [file("backup")], OTHER, 0],
  ["restore", () => [file("backup")], OTHER, 25],
  ["council found", () => [file("bodies.json"), "--out", file("other-council.json")], COUNCIL, 200],
  ["council replace-key", () => [account(OWNERS[0]), account(PAYER), "--safe", made.guardian], OTHER, 40],
  ["council sign", () => [file("key.json"), "--safe", made.guardian, "--yes"], OWNERS[0], 40],
  ["council execute", () => [file("key.json")], PAYER, 50],
  ["council replace", () => [account(NEW), "--recovery"], COUNCIL, 60],
  ["council cancel", () => [recoveryOf(account(NEW))], OTHER, 60],
  ["network deploy", () => ["--label", "local", "--out", file("second.json")], COUNCIL, 320],
];
/** The recovery timelock's id of the operation that seats a council (OpenZeppelin's `hashOperation`). */
function recoveryOf(council: string): string {
  const { seat } = JSON.parse(readFileSync(file("network.json"), "utf8")).deployments[0];
  const data = new Interface(councilSeatAbi).encodeFunctionData("replace", [council]);
  const types = ["address", "uint256", "bytes", "bytes32", "bytes32"];
  return keccak256(AbiCoder.defaultAbiCoder().encode(types, [seat.address, 0n, data, ZeroHash, ZeroHash]));
}

test("every command of the help has a row here, or is known not to ask a chain", async () => {
  const named = [...ROWS.map(([command]) => command), ...NO_ROW];
  assert.deepEqual((await commandsBelow([])).toSorted(), named.toSorted());
});

/** The commands that the help lists; a group is none itself. */
async function commandsBelow(path: readonly string[]): Promise<string[]> {
  const { stdout } = await mapae([...path, "--help"], {});
  const [usage = "", below = ""] = stdout.split(/^Commands:$/m);
  const names = [
    ...below
      .split(/^$/m, 1)
      .join()
      .matchAll(/^ {2}([a-z][a-z-]*)/gm),
  ].map(([, name = ""]) => name);
  const deeper = await Promise.all(
    names.filter((name) => name !== "help").map((name) => commandsBelow([...path, name])),
  );
  // A command that takes arguments is one, whatever is below it.
  const itself = path.length > 0 && (below === "" || /Usage:.*<(?!command)/.test(usage)) ? [path.join(" ")] : [];
  return [...itself, ...deeper.flat()];
}

for (const [command, args, by, most] of ROWS) {
  test(`${command} asks a server of short ranges at most ${most} times, long after what it reads was written`, async () => {
    const call = [...command.split(" "), ...args()];
    const place = command === "restore" ? { MAPAE_DATA_DIR: file("restored") } : {};
    const { requests, blocks } = await chain.during(() => answerOf(call, { ...as(by), ...place }));
    assert.ok(requests <= most, `${requests} requests`);
    // A range around a change that is named, and single blocks.
    if (!AUDITS.includes(command)) assert.ok(blocks < 2 * LIMIT, `the logs of ${blocks} blocks`);
  });
}
