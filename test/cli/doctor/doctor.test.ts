import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, readFile, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, test } from "node:test";
import { pino } from "pino";
import { loadConfig } from "../../../node/config/config.ts";
import { startNode } from "../../../node/main.ts";
import { CheckedDatabase } from "../../../node/store/checked-database.ts";
import { metaOf, writeMeta } from "../../../node/store/meta.ts";
import { freePorts, mapae, temporaryFolder } from "../harness.ts";
import { installation } from "./installation.ts";

const { folder, network, env, doctor } = await installation({ after });

test("doctor finds no fault in a correct installation, and changes nothing", async () => {
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

test("doctor warns of a data directory of an older version, which the node replaces", async (t) => {
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

test("doctor recognises the node that runs, and warns when another process has the data directory open", async () => {
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

test("doctor recognises the audit listener of a node, open or guarded, and a port that another program uses", async (t) => {
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
  assert.match(
    taken.about(/^audit port/) ?? "",
    /^fault: another program listens there: choose another one with .*MAPAE_AUDIT_PORT/,
  );
});

test("a port on which another program listens is a fault, and no password of a URL is shown", async () => {
  const server = createServer((_, response) => response.end("hello")).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  try {
    const { code, about } = await doctor({ MAPAE_HTTP_PORT: String(port) });
    assert.equal(code, 2);
    assert.match(
      about(/^port/) ?? "",
      /^fault: another program listens there: choose another one with .*MAPAE_HTTP_PORT/,
    );
    const metrics = await doctor({ MAPAE_METRICS_PORT: String(port) });
    assert.equal(metrics.code, 2);
    assert.match(
      metrics.about(/^metrics port/) ?? "",
      /^fault: another program listens there: choose another one with .*MAPAE_METRICS_PORT/,
    );
  } finally {
    server.close();
  }
  const { stdout } = await mapae(["doctor", "--json"], {
    ...env,
    MAPAE_RPC_URLS: "http://u:geheim@127.0.0.1:2/geheim",
  });
  assert.doesNotMatch(stdout, /u:geheim/);
});

test("a data directory that is a link to nothing is a fault", async () => {
  const link = join(folder, "dangling");
  await symlink("/nothing/is/here", link);
  for (const directory of [link, join(link, "index")]) {
    const { code, about } = await doctor({ MAPAE_DATA_DIR: directory });
    assert.equal(code, 2);
    assert.match(about(/^data directory/) ?? "", /^fault: .*dangling is a link whose target does not exist/);
  }
});

test("key and password files that other users may read are faults", async () => {
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
