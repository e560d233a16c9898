import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, afterEach, test } from "node:test";
import { developmentAccount } from "../../cli/local/accounts.ts";
import { shellWord } from "../../cli/local/shell-word.ts";
import { parseNetworkDescriptor, verifier } from "../../resolver/index.ts";
import { freePorts, REPOSITORY } from "../cli/harness.ts";
import { readPage, readRepositoryFile } from "../docs/examples.ts";
import { Start } from "./start.ts";

const start = await Start.in({ after });
// When the demo exits unexpectedly, the failure shows its output.
afterEach(() => start.expectAlive());
await start.prints(/Ctrl-C stops all/);
const { node, chain, credentials, lists } = await start.demo();
const network = join(start.home, "local", "network.json");

/** Runs a program until it exits, with a text as standard input. */
async function run(args: readonly string[], stdin = "", env: Record<string, string> = {}) {
  const child = spawn(process.execPath, args, { cwd: REPOSITORY, env: { ...process.env, ...env } });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  child.stdin.end(stdin);
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}

const mapae = (args: readonly string[], stdin?: string, env?: Record<string, string>) =>
  run([join(REPOSITORY, "cli", "mapae.mjs"), "--network", network, "--rpc", chain, ...args], stdin, env);

const fileOf = (name: string) => credentials.find((one) => one.name === name)?.file ?? assert.fail(name);

test("mapae verify prints the expected verdict on each of the demo's credentials, and its exit code tells whether to trust it", async () => {
  assert.deepEqual(
    credentials.map(({ name, verdict }) => [name, verdict]),
    [
      ["valid", "valid"],
      ["valid-w3c", "valid"],
      ["valid-ml-dsa", "valid"],
      ["revoked", "invalid: revoked"],
      ["suspended", "invalid: suspended"],
      ["unaccredited", "invalid: notAccredited"],
      ["withdrawn", "invalid: notAccredited"],
    ],
  );
  for (const { name, file, verdict } of credentials) {
    const { code, stdout, stderr } = await mapae(["verify", file]);
    assert.equal(stdout.split("\n")[0], verdict, stderr);
    assert.equal(code, verdict === "valid" ? 0 : 5);
    assert(start.stdout.includes(`verify ${shellWord(file)}   # ${verdict}\n`), file);
    if (name === "withdrawn")
      assert.match(
        stdout,
        /when this credential was issued\. The accreditation, or one above it, was withdrawn by then\./,
      );
  }
});

test("with --proofs only proven answers of the node are trusted: the verdicts are the same, without a chain", async () => {
  for (const { file, verdict } of credentials.filter((one) =>
    ["valid", "revoked", "unaccredited"].includes(one.name),
  )) {
    const proving = await run([
      join(REPOSITORY, "cli", "mapae.mjs"),
      "--network",
      network,
      "verify",
      file,
      "--proofs",
      node,
    ]);
    assert.equal(proving.stdout.split("\n")[0], verdict, proving.stderr);
  }
  const { dids } = await start.demo();
  for (const wanted of [200, 404, 410]) {
    const { did, status } = dids.find((one) => one.status === wanted) ?? assert.fail();
    const args = ["--network", network, "resolve", did, "--proofs", node];
    const { code, stdout } = await run([join(REPOSITORY, "cli", "mapae.mjs"), ...args]);
    assert.equal(code, status === 200 ? 0 : 3, did);
    if (status === 200) assert.equal(JSON.parse(stdout).didResolutionMetadata.proven, true);
  }
});

test("a credential can be given on standard input or as an argument, and --json prints the answer as JSON", async () => {
  const token = await readFile(fileOf("suspended"), "utf8");
  const answer = await mapae(["verify", "-", "--json"], token);
  assert.equal(answer.code, 5);
  const { verdict, reason, chain: links, credential, statusAsOf } = JSON.parse(answer.stdout);
  assert.deepEqual([verdict, reason, links.length, credential.format], ["invalid", "suspended", 2, "sd-jwt-vc"]);
  assert.match(statusAsOf, /^\d{4}-/);
  assert.equal(JSON.parse(answer.stderr).error.code, "NOT_TRUSTED");
  assert.equal((await mapae(["verify", token.trim(), "--node", node])).code, 5);
});

// biome-ignore lint/suspicious/noExplicitAny: whatever it is, it is compared field by field.
const json = async (url: string): Promise<any> => (await fetch(url)).json();

test("the node, trust show, status show, verify and the library agree on each field of each credential's answer", async () => {
  const descriptor = parseNetworkDescriptor(JSON.parse(await readFile(network, "utf8")));
  const byChain = verifier({ networks: [{ descriptor, chain }] });
  const byNode = verifier({ networks: [{ descriptor, nodes: [node] }] });
  for (const { name, file } of credentials) {
    const token = await readFile(file, "utf8");
    const said = JSON.parse((await mapae(["verify", file, "--json"])).stdout);
    const { issuer, type, issuedAt, status } = said.credential;
    const answers = [await byChain.verify(token), await byNode.verify(token)];
    for (const { verdict, reason, grant, chain: links, steps, status: state } of answers) {
      const shown = JSON.parse(JSON.stringify({ verdict, reason, grant, chain: links, steps, status: state }));
      for (const [field, value] of Object.entries(shown)) assert.deepEqual(value, said[field], `${name} ${field}`);
    }

    const query = new URLSearchParams({ type, at: issuedAt });
    const { accreditations } = await json(`${node}/accreditations/${issuer}?${query}`);
    const shown = JSON.parse(
      (await mapae(["trust", "show", issuer, "--type", type, "--at", issuedAt, "--json"])).stdout,
    ).grants.filter(({ reason }: { reason?: string }) => reason !== "pending");
    const bare = accreditations.map(({ chain: links, ...one }: { chain: object[] }) => ({
      ...one,
      chain: links.map((link) => ({ ...link, deactivatedAt: undefined })),
    }));
    const plain = (value: unknown) => JSON.parse(JSON.stringify(value));
    assert.deepEqual(
      shown.map(({ label: _, typeUri: __, ...grant }: { label: string; typeUri: string }) => grant),
      plain(bare),
      name,
    );
    for (const grant of shown) assert.deepEqual([grant.label, grant.typeUri], [grant.chain[0].label, type]);
    const holding = plain(bare).find(({ holds }: { holds: boolean }) => holds);
    assert.deepEqual(said.chain, holding?.chain ?? [], name);
    for (const link of said.chain)
      assert.ok(link.label !== null && link.created.block > 0 && !/^0x0*$/.test(link.head));

    const { lists: served } = await json(`${node}/issuers/${issuer}`);
    const list = served.find(
      ({ baseUri, number }: { baseUri: string; number: string }) => status.uri === `${baseUri}/${number}`,
    );
    const args = ["status", "show", issuer, list.number, "--index", String(status.index), "--json"];
    const { list: id, typeId, size, closed, statuses } = JSON.parse((await mapae(args)).stdout);
    assert.deepEqual([id, typeId, size, closed], [list.list, list.typeId, list.size, list.closed]);
    assert.equal(statuses[0].status, ["revoked", "suspended"].includes(said.reason) ? said.reason : "valid");
  }
});

test("the exit code is 2 for a text that is no credential, and 4 for a status that can't be determined", async () => {
  assert.equal((await mapae(["verify", "-"], "no credential")).code, 2);
  assert.equal((await mapae(["verify", join(start.home, "nothing.txt")])).code, 2);
  assert.equal((await mapae(["verify", fileOf("valid"), "--node", "file:///etc"])).code, 2);
  const [port = ""] = await freePorts(1);
  const lost = await mapae(["verify", fileOf("valid"), "--node", `http://127.0.0.1:${port}`]);
  assert.deepEqual([lost.code, lost.stdout.split("\n")[0]], [4, "unknown: statusUnavailable"]);
  assert.match(lost.stderr, /Could not fetch the status list/);
  const bad = await mapae(["verify", fileOf("revoked"), "--node", `http://127.0.0.1:${port}`]);
  assert.deepEqual([bad.code, bad.stdout.split("\n")[0]], [4, "unknown: statusUnavailable"]);
});

test("the demo's lists are served in all encodings, and stock libraries verify one with the code of the page for issuers", async () => {
  assert.equal(lists.length, 3);
  const { status_lists } = (await (await fetch(`${node}/status-lists`)).json()) as { status_lists: string[] };
  assert.deepEqual(status_lists.toSorted(), lists.map(({ uri }) => uri).toSorted());
  for (const { uri } of lists) {
    for (const [path, type] of [
      ["", "application/statuslist+jwt"],
      ["", "application/statuslist+cwt"],
      ["/revocation", "application/vc"],
      ["/revocation", "application/vc+jwt"],
      ["/suspension", "application/vc"],
      ["/suspension", "application/vc+jwt"],
    ] as const) {
      const response = await fetch(`${uri}${path}`, { headers: { accept: type } });
      assert.deepEqual([response.status, response.headers.get("content-type")], [200, type], uri);
    }
  }
  const [, lines = ""] = /```js stock\n(.*?)```/s.exec(await readPage("docs/status.md")) ?? [];
  const program = lines.replaceAll("http://127.0.0.1:8080", node);
  const { stdout, stderr } = await run(["--input-type=module", "--eval", program]);
  assert.equal(stdout, "[ 1, 2, 0 ]\n", stderr);
});

/**
 * Returns a pattern for an expected line. Times, blocks and ages differ from run to run, and so do parts that the page shows as
 * an ellipsis.
 */
function patternOf(line: string): RegExp {
  const varying = /…|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|(?<=block |"block":|"versionId":"|versions .*)\d+|\d+(?= s ago)/g;
  const patterns = [...line.matchAll(varying)].map(([text]) =>
    text === "…" ? ".+" : /^\d+$/.test(text) ? "\\d+" : "\\d{4}-\\d\\d-\\d\\dT[\\d:]{8}Z",
  );
  const fixed = line.split(varying).map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${fixed.map((text, at) => text + (patterns[at] ?? "")).join("")}$`);
}

test("the commands of the README's tour print the README's output, line by line", async () => {
  const here = (text: string) => text.replaceAll("http://127.0.0.1:8080", node).replaceAll(".mapae/", `${start.home}/`);
  const blocks = [...(await readRepositoryFile("README.md")).matchAll(/^```console\n\$ ([^\n]*)\n(.*?)^```$/gms)];
  assert.equal(blocks.length, 4);
  for (const [, command = "", shown = ""] of blocks) {
    const [program, ...args] = command.replace(/^npx /, "").split(" ").map(here);
    const { stdout, stderr } =
      program === "curl" ? { stdout: await (await fetch(args.at(-1) ?? "")).text(), stderr: "" } : await mapae(args);
    const printed = (stdout + stderr).trimEnd().split("\n");
    const lines = here(shown).trimEnd().split("\n");
    for (const [at, line] of lines.entries()) assert.match(printed[at] ?? "", patternOf(line), command);
    assert.equal(printed.length, lines.length, command);
  }
});

test("mapae status allocate allocates each index once and refuses what it can't allocate", async () => {
  const [list] = lists;
  if (list === undefined) assert.fail("no list");
  const folder = join(start.home, "allocations");
  const given = await mapae(["status", "allocate", list.issuer, "0", "--count", "20", "--folder", folder, "--json"]);
  assert.equal(given.code, 0, given.stderr);
  const more = await mapae(["status", "allocate", list.issuer, "0", "--folder", folder]);
  const [uri, index] = more.stdout.trim().split(" ");
  assert.equal(uri, list.uri);
  const found = [...JSON.parse(given.stdout), { uri, index: Number(index) }] as { uri: string; index: number }[];
  assert.equal(new Set(found.map((one) => one.index)).size, 21);
  assert.ok(found.every((one) => one.uri === list.uri && one.index < 131_072));
  for (const args of [["0", "0"], ["x"], ["0", "--count", "0"], ["0", "--count", "131072"]]) {
    assert.equal((await mapae(["status", "allocate", list.issuer, ...args, "--folder", folder])).code, 2, String(args));
  }
  assert.equal((await mapae(["status", "allocate", list.issuer, "9", "--folder", folder])).code, 3);
});

test("credentials from before their issuer's deactivation are judged by the list on the chain, which the last owner may still change", async () => {
  const { issuer = "" } = lists[0] ?? {};
  const own = { MAPAE_PRIVATE_KEY: developmentAccount(2).privateKey };
  const before = await mapae(["verify", fileOf("valid")]);
  assert.equal(before.code, 0, before.stderr);
  const ended = await mapae(["did", "deactivate", issuer, "--yes"], "", own);
  assert.equal(ended.code, 0, ended.stderr);
  for (const [name, code, headline] of [
    ["valid", 0, "valid"],
    ["revoked", 5, "invalid: revoked"],
    ["suspended", 5, "invalid: suspended"],
  ] as const) {
    const { stdout, stderr, ...answer } = await mapae(["verify", fileOf(name)]);
    assert.deepEqual([answer.code, stdout.split("\n")[0]], [code, headline], stderr);
  }
  const revoked = await mapae(["status", "revoke", issuer, "0", "--index", "42"], "", own);
  assert.equal(revoked.code, 0, revoked.stderr);
  assert.equal((await mapae(["verify", fileOf("valid")])).stdout.split("\n")[0], "invalid: revoked");
});
