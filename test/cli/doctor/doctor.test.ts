import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pino } from "pino";
import { checkClock, checkDisk } from "../../../cli/doctor/check-machine.ts";
import { loadConfig } from "../../../node/config/config.ts";
import { startNode } from "../../../node/main.ts";
import { CheckedDatabase } from "../../../node/store/checked-database.ts";
import { metaOf, writeMeta } from "../../../node/store/meta.ts";
import { httpRpc } from "../../../resolver/index.ts";
import { startRpcServer } from "../../helpers/rpc-server.ts";
import { answerOf, type CliNetwork, freePorts, mapae, startNetwork, temporaryFolder } from "../harness.ts";

interface Finding {
  what: string;
  level: string;
  detail: string;
}

let folder: string;
let network: CliNetwork;
let env: Record<string, string | undefined>;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "mapae-test-"));
  network = await startNetwork(folder);
  const [MAPAE_HTTP_PORT, MAPAE_METRICS_PORT] = await freePorts(2);
  env = { ...network.env, MAPAE_DATA_DIR: join(folder, "index"), MAPAE_HTTP_PORT, MAPAE_METRICS_PORT };
});
after(async () => {
  await network?.chain.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The exit code, and what was found about what, as far as it matches. */
async function doctor(overrides: Record<string, string | undefined> = {}, ...args: string[]) {
  const { code, stdout } = await mapae(["doctor", "--json", ...args], { ...env, ...overrides });
  const findings = JSON.parse(stdout).findings as Finding[];
  const about = (what: string | RegExp) => {
    const finding = findings.find((one) => (typeof what === "string" ? one.what === what : what.test(one.what)));
    return finding && `${finding.level}: ${finding.detail}`;
  };
  return { code, about };
}

test("doctor finds nothing wrong with an installation that is as it should be, and changes nothing", async () => {
  const { code, about } = await doctor();
  assert.equal(code, 0);
  assert.match(about("configuration") ?? "", /^ok: network local/);
  assert.match(about(/^chain at http/) ?? "", /^ok: chain 31337, its genesis and the contracts' code/);
  assert.match(about(/^clock of chain/) ?? "", /^ok: block \d+ is \d+ s (?:old|ahead)/);
  assert.match(about(/^answers of chain/) ?? "", /^ok: logs from block \d+ on, logs, roots and receipts of block \d+/);
  assert.match(about("clock") ?? "", /^ok: 20\d\d-/);
  assert.match(about("council") ?? "", /^ok: the key 0x[0-9a-f]{40} holds the seat 0x[0-9a-f]{40} of a local network/);
  assert.match(about(/^port/) ?? "", /^ok: free for a node/);
  assert.match(about(/^metrics port/) ?? "", /^ok: free for a node/);
  assert.match(about(/^disk of/) ?? "", /^(?:ok|warning): \d+ MiB free, the index takes 0 MiB/);
  assert.match(about(/^data directory/) ?? "", /^ok: will be made by the node/);
  assert.match(about("Node") ?? "", /^(?:ok|warning): \d+\.\d+\.\d+/);
  assert(!existsSync(env.MAPAE_DATA_DIR ?? ""));

  const { stdout } = await mapae(["doctor"], env);
  assert.match(stdout, /^ok {7}configuration: network local/m);
});

test("doctor says what becomes of a data directory of an older version", async (t) => {
  const MAPAE_DATA_DIR = await temporaryFolder(t);
  const database = await CheckedDatabase.open(MAPAE_DATA_DIR);
  const { network: descriptor } = loadConfig(env);
  await writeMeta(database, { ...metaOf(descriptor), schemaVersion: 1 });
  await database.close();
  const { code, about } = await doctor({ MAPAE_DATA_DIR });
  assert.equal(code, 0);
  assert.match(
    about(/^data directory/) ?? "",
    /^warning: holds the index of local, schema version 1: when the node starts, it keeps it and reads everything/,
  );
});

test("doctor knows the node that runs, and warns when something else has the data directory open", async () => {
  const node = await startNode(loadConfig(env), { logger: pino({ level: "silent" }) });
  try {
    const { code, about } = await doctor();
    assert.equal(code, 0);
    assert.match(about(/^port/) ?? "", /^ok: a node of local answers: \w+/);
    assert.match(about(/^metrics port/) ?? "", /^ok: a node of local answers: \w+/);
    assert.match(about(/^disk of/) ?? "", /the index takes [1-9]\d* MiB/);
    assert.equal(about(/^data directory/), "ok: in use by the node that runs");
    const [MAPAE_HTTP_PORT] = await freePorts(1);
    const other = await doctor({ MAPAE_HTTP_PORT, MAPAE_METRICS_PORT: "off" });
    assert.equal(other.about("metrics port"), "ok: off");
    assert.match(other.about(/^data directory/) ?? "", /^warning: Another process has .* open.*No node answers/);
  } finally {
    await node.stop();
  }
  assert.match((await doctor()).about(/^data directory/) ?? "", /^ok: holds the index of local, schema version \d/);

  // The same directory, and another network.
  const descriptor = JSON.parse(await readFile(env.MAPAE_NETWORK ?? "", "utf8"));
  const file = join(folder, "other.json");
  await writeFile(file, JSON.stringify({ ...descriptor, genesisHash: `0x${"1".repeat(64)}` }));
  const { code, about } = await doctor({ MAPAE_NETWORK: file });
  assert.equal(code, 2);
  assert.match(about(/^data directory/) ?? "", /^fault: The data directory is of another network/);
  assert.match(about(/^chain/) ?? "", /^fault: The chain is not that of network local: genesis hash is 0x/);
});

test("doctor knows the audit listener of a node, free or not, whether it lets a stranger in or not", async (t) => {
  const [MAPAE_HTTP_PORT, MAPAE_AUDIT_PORT = ""] = await freePorts(2);
  const own = { MAPAE_DATA_DIR: await temporaryFolder(t), MAPAE_METRICS_PORT: "off", MAPAE_HTTP_PORT };
  const audit = { ...own, MAPAE_AUDIT_PORT };
  assert.equal((await doctor(own)).about(/^audit port/), undefined, "it is off");
  assert.match((await doctor(audit)).about(/^audit port/) ?? "", /^ok: free for a node/);
  const guards = { MAPAE_AUDIT_DIDS: network.did(1), MAPAE_AUDIT_AUDIENCE: "https://audit.example" };
  for (const variables of [audit, { ...audit, ...guards }]) {
    const node = await startNode(loadConfig({ ...env, ...variables }), { logger: pino({ level: "silent" }) });
    try {
      const { code, about } = await doctor(variables);
      assert.deepEqual([code, about(/^audit port/)], [0, "ok: a node of local answers: its audit listener"]);
    } finally {
      await node.stop();
    }
  }
  const server = createServer((_, response) => response.end("hello")).listen(Number(MAPAE_AUDIT_PORT), "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const taken = await doctor(audit);
  assert.equal(taken.code, 2);
  assert.match(taken.about(/^audit port/) ?? "", /^fault: EADDRINUSE: stop what uses it.*MAPAE_AUDIT_PORT/);
});

test("doctor tells faults of configuration from a chain that does not answer", async () => {
  const unreachable = await doctor({ MAPAE_RPC_URLS: `${network.chain.url},http://127.0.0.1:2` });
  assert.equal(unreachable.code, 4);
  assert.match(unreachable.about("chain at http://127.0.0.1:2") ?? "", /^fault: Could not ask the chain/);
  assert.match(unreachable.about(`chain at ${network.chain.url}`) ?? "", /^ok/);

  const misspelt = await doctor({ MAPAE_HTPP_PORT: "80" });
  assert.equal(misspelt.code, 2);
  assert.match(misspelt.about("configuration") ?? "", /^fault: .*MAPAE_HTPP_PORT.*MAPAE_HTTP_PORT/s);

  const noDirectory = await doctor({ MAPAE_DATA_DIR: join(folder, "network.json") });
  assert.equal(noDirectory.code, 2);
  assert.match(noDirectory.about(/^data directory/) ?? "", /^fault: .*is no directory: set MAPAE_DATA_DIR/);
  const inFile = await doctor({ MAPAE_DATA_DIR: join(folder, "network.json", "index") });
  assert.equal(inFile.code, 2);
  assert.match(inFile.about(/^data directory/) ?? "", /^fault: ENOTDIR.*set MAPAE_DATA_DIR/);
  assert.match(inFile.about(/^disk of/) ?? "", /^fault: ENOTDIR.*set MAPAE_DATA_DIR/);
});

test("doctor asks each server what a node will ask, and says which one refuses", async (t) => {
  const server = await startRpcServer(httpRpc({ url: network.chain.url }));
  t.after(() => server[Symbol.asyncDispose]());
  server.alter = ([method], answer) =>
    method === "eth_getLogs" ? { error: { code: -32_000, message: "pruned history unavailable" } } : answer;
  const { code, about } = await doctor({ MAPAE_RPC_URLS: `${network.chain.url},${server.url}` });
  assert.equal(code, 4);
  assert.match(about(`answers of chain at ${network.chain.url}`) ?? "", /^ok/);
  assert.match(about(`chain at ${server.url}`) ?? "", /^ok/);
  assert.match(about(`answers of chain at ${server.url}`) ?? "", /^fault: .*eth_getLogs.*pruned history unavailable/);
});

test("doctor warns of a server that bounds ranges or batches, which a node asks for", async (t) => {
  const server = await startRpcServer(httpRpc({ url: network.chain.url }));
  t.after(() => server[Symbol.asyncDispose]());
  server.alter = ([method, [filter]], answer) => {
    const { fromBlock, toBlock } = (filter ?? {}) as { fromBlock?: string; toBlock?: string };
    const isRange = method === "eth_getLogs" && fromBlock !== toBlock;
    return isRange ? { error: { code: -32_005, message: "Requested range exceeds maximum RPC range limit" } } : answer;
  };
  const { code, about } = await doctor({ MAPAE_RPC_URLS: server.url });
  assert.equal(code, 0);
  assert.match(
    about(`answers of chain at ${server.url}`) ?? "",
    /^warning: the server refuses the logs of [0-9]+ blocks/,
  );

  server.alter = (_, answer) => answer;
  server.largestBatch = 3;
  const batches = await doctor({ MAPAE_RPC_URLS: server.url });
  assert.equal(batches.code, 0);
  assert.match(
    batches.about(`answers of chain at ${server.url}`) ?? "",
    /^warning: the server refuses a batch of [0-9]+ calls/,
  );
});

test("doctor finds a fault in a disk with no room, and warns of one that has little", async () => {
  const check = async (mebibytes: number) => {
    const { level, detail } = await checkDisk({ directory: folder, freeBytes: async () => mebibytes * 1_048_576 });
    return `${level}: ${detail}`;
  };
  assert.match(await check(63), /^fault: 63 MiB free, .*free some space, or a node gives up with STORE_FULL/);
  assert.match(await check(64), /^warning: 64 MiB free, .*free some space/);
  assert.match(await check(1_024), /^ok: 1024 MiB free/);
});

test("doctor knows a clock that can't be right", () => {
  for (const moment of ["1970-01-01T00:00:10Z", "2025-12-31T23:59:59Z", "2100-01-01T00:00:00Z"]) {
    const { level, detail } = checkClock(Date.parse(moment) / 1_000);
    assert.equal(level, "fault", moment);
    assert.match(detail, /set the clock/);
  }
  assert.equal(checkClock(Date.parse("2026-01-01T00:00:00Z") / 1_000).level, "ok");
});

test("doctor says when something else listens on the port, and shows no password of a URL", async () => {
  const server = createServer((_, response) => response.end("hello")).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  try {
    const { code, about } = await doctor({ MAPAE_HTTP_PORT: String(port) });
    assert.equal(code, 2);
    assert.match(about(/^port/) ?? "", /^fault: EADDRINUSE: stop what uses it.*MAPAE_HTTP_PORT/);
    const metrics = await doctor({ MAPAE_METRICS_PORT: String(port) });
    assert.equal(metrics.code, 2);
    assert.match(metrics.about(/^metrics port/) ?? "", /^fault: EADDRINUSE: stop what uses it.*MAPAE_METRICS_PORT/);
  } finally {
    server.close();
  }
  const { stdout } = await mapae(["doctor", "--json"], {
    ...env,
    MAPAE_RPC_URLS: "http://u:geheim@127.0.0.1:2/geheim",
  });
  assert.doesNotMatch(stdout, /u:geheim/);
});

test("doctor warns of owners that are plain keys, not of contracts, and knows DIDs that are not there", async () => {
  for (const account of [1, 2, 3]) {
    await answerOf(["did", "create", "--service", "X=https://a.example"], network.as(account));
  }
  const descriptor = JSON.parse(await readFile(env.MAPAE_NETWORK ?? "", "utf8"));
  const contract = descriptor.deployments[0].registries.did.address;
  await answerOf(["did", "set-owner", network.did(2), contract], network.as(2));
  await answerOf(["did", "deactivate", network.did(3), "--yes"], network.as(3));

  const dids = [1, 2, 3].map(network.did);
  const { code, about } = await doctor({}, ...dids);
  assert.equal(code, 0);
  assert.match(about(`owner of ${dids[0]}`) ?? "", /^warning: 0x70997970\w+ is a plain key.*mapae did set-owner/);
  assert.equal(about(`owner of ${dids[1]}`), `ok: the contract ${contract}`);
  assert.match(about(`owner of ${dids[2]}`) ?? "", /^ok: deactivated in block/);

  const absent = await doctor({}, network.did(4), "did:mapae:local:0x1");
  assert.equal(absent.code, 2);
  assert.match(absent.about(`owner of ${network.did(4)}`) ?? "", /^fault: the DID was never written/);
  assert.match(absent.about("owner of did:mapae:local:0x1") ?? "", /^fault: This is no DID/);
});

test("doctor tells of a data directory that is a link to nothing", async () => {
  const link = join(folder, "dangling");
  await symlink("/nothing/is/here", link);
  for (const directory of [link, join(link, "index")]) {
    const { code, about } = await doctor({ MAPAE_DATA_DIR: directory });
    assert.equal(code, 2);
    assert.match(about(/^data directory/) ?? "", /^fault: .*dangling is a link whose target does not exist/);
  }
});

test("doctor tells of key and password files that others may read, which are refused", async () => {
  const file = join(folder, "keystore.json");
  await writeFile(file, "{}");
  await chmod(file, 0o644);
  for (const name of ["MAPAE_KEYSTORE", "MAPAE_KEYSTORE_PASSWORD_FILE", "MAPAE_SIGNER_PKCS11_PIN_FILE"]) {
    const open = await doctor({ [name]: file });
    assert.equal(open.code, 2);
    assert.equal(open.about(name), `fault: ${file} is open to all users, so it is refused: chmod 600 ${file}`);
  }
  await chmod(file, 0o600);
  assert.match((await doctor({ MAPAE_KEYSTORE: file })).about("MAPAE_KEYSTORE") ?? "", /^ok/);
  const missing = await doctor({ MAPAE_KEYSTORE_PASSWORD_FILE: join(folder, "none") });
  assert.match(missing.about("MAPAE_KEYSTORE_PASSWORD_FILE") ?? "", /^warning: ENOENT.*name the right file/);
});

test("doctor warns when the chain and this machine disagree about the time", async () => {
  await network.chain.rpc("evm_increaseTime", [3_600]);
  await network.chain.rpc("evm_mine");
  const { code, about } = await doctor();
  assert.equal(code, 0);
  assert.match(about(/^clock of chain/) ?? "", /^warning: block \d+ is 3\d{3} s ahead of this machine's clock/);
});

test("doctor says for which operator a node attests blocks, and refuses a key that the descriptor does not name", async (t) => {
  const at = (name: string) => join(folder, name);
  t.after(() =>
    Promise.all(["password", "operator.jwe", "attested.json"].map((name) => rm(at(name), { force: true }))),
  );
  await writeFile(at("password"), "correct horse battery", { mode: 0o600 });
  const MAPAE_SIGNER_PASSWORD_FILE = at("password");
  const made = await mapae(["signer", "new", at("operator.jwe"), "--operator", "경찰청", "--json"], {
    MAPAE_SIGNER_PASSWORD_FILE,
  });
  const { operator } = JSON.parse(made.stdout);
  const described = JSON.parse(await readFile(env.MAPAE_NETWORK ?? "", "utf8"));
  const of = async (operators: object[]) => {
    const network = { ...described, consensus: { kind: "attested", threshold: 1, operators } };
    await writeFile(at("attested.json"), JSON.stringify(network));
    const keys = { MAPAE_SIGNER_PASSWORD_FILE, MAPAE_SIGNER_FILES: at("operator.jwe") };
    return { without: { MAPAE_NETWORK: at("attested.json") }, keys: { MAPAE_NETWORK: at("attested.json"), ...keys } };
  };
  const right = await of([operator]);
  assert.match((await doctor(right.without)).about("operator") ?? "", /^ok: no operator's key/);
  assert.match((await doctor(right.keys)).about("operator") ?? "", /^ok: attests blocks as 경찰청; 1 of 1/);
  const wrong = await doctor((await of([{ ...operator, name: "국세청" }])).keys);
  assert.equal(wrong.code, 2);
  assert.match(wrong.about("operator") ?? "", /^fault: .*no operator of that name/);
});
