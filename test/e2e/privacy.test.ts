import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { answerOf, endsOf, freePorts, REPOSITORY, startNetwork, temporaryFolder } from "../cli/harness.ts";

/** A loopback address that only this test uses, so that its occurrence in a file is a trace of the test's requests. */
const CLIENT = "127.77.13.9";
const AGENT = "gate-of-the-ministry/7";
const NEVER_WRITTEN = `0x${"5ec2e7".repeat(6)}5ec2`;

/** Bytes in the text form of {@link allFiles}. */
function bytesOf(hex: string): string {
  return Buffer.from(hex, "hex").toString("latin1");
}

/** The contents of all files under a folder as Latin-1 text. */
async function allFiles(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, "latin1")))).join("\n");
}

test("neither the log of a node, nor its metrics, nor its disk contain a request or its client", async (t) => {
  const chainFolder = await temporaryFolder(t);
  const network = await startNetwork(chainFolder);
  t.after(() => network.chain.stop());
  await answerOf(["did", "create", "--service", "X=https://a.example"], network.as(1));
  const written = network.did(1);

  // All places to which the process can write are in one folder: its home, its temporary files, its working directory.
  const folder = await temporaryFolder(t);
  const [tmp, data] = [join(folder, "tmp"), join(folder, "data")];
  await mkdir(tmp);
  const [MAPAE_HTTP_PORT = "", MAPAE_METRICS_PORT = ""] = await freePorts(2);
  const node = spawn(process.execPath, [join(REPOSITORY, "cli", "mapae.mjs"), "node"], {
    cwd: folder,
    env: {
      ...network.env,
      PATH: process.env.PATH,
      HOME: folder,
      TMPDIR: tmp,
      MAPAE_DATA_DIR: data,
      MAPAE_HTTP_HOST: "0.0.0.0",
      MAPAE_HTTP_PORT,
      MAPAE_METRICS_PORT,
      MAPAE_LOG_LEVEL: "trace",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  endsOf(t)(async () => node.kill("SIGKILL"));
  let log = "";
  for (const stream of [node.stdout, node.stderr]) {
    stream.on("data", (chunk) => {
      log += chunk;
    });
  }
  const get = (path: string) => askFrom(CLIENT, Number(MAPAE_HTTP_PORT), path);
  while ((await get("/ready").catch(() => undefined)) !== 200) assert.equal(node.exitCode, null, log);

  const paths = [
    [`/1.0/identifiers/${written}`, 200],
    [`/1.0/identifiers/${written}?versionId=1`, 404],
    [`/1.0/identifiers/did:mapae:local:${NEVER_WRITTEN}`, 404],
    [`/1.0/identifiers/did:mapae:local:${NEVER_WRITTEN}x`, 400],
    [`/1.0/identifiers/did:mapae:gov-55555555:${NEVER_WRITTEN}`, 501],
    [`/1.0/identifiers/${written}?service=secret-service`, 404],
    ["/secret-path?secret-query", 404],
    [`/${"secret-path".repeat(400)}`, 414],
  ] as const;
  for (const [path, status] of paths) assert.equal(await get(path), status, path);
  // Without the chain, the failed calls to it are logged, but not the requests of clients.
  await network.chain.stop();
  while (!/can't follow the chain now/.test(log)) await once(node.stdout, "data");
  assert.equal(await get(`/1.0/identifiers/${written}`), 200);
  assert.equal(await get(`/1.0/identifiers/did:mapae:local:${NEVER_WRITTEN}`), 503);
  const metrics = await (await fetch(`http://127.0.0.1:${MAPAE_METRICS_PORT}/metrics`)).text();
  assert.match(metrics, /mapae_http_answers_total\{class="4xx"\} [1-9]/);
  node.kill("SIGTERM");
  assert.deepEqual(await once(node, "exit"), [0, null], log);
  assert.match(log, /"msg":"followed a block".*"msg":"stopped"/s);

  const disk = await allFiles(folder);
  const address = written.slice(-40);
  assert(disk.includes(bytesOf(address)), "the index is on the disk with the data of the chain");
  for (const [what, text] of [
    ["log", log],
    ["metrics", metrics],
    ["disk", disk],
  ] as const) {
    const absent = NEVER_WRITTEN.slice(2);
    for (const secret of [CLIENT, AGENT, absent, bytesOf(absent), "secret-", "identifiers/"]) {
      assert(!text.toLowerCase().includes(secret.toLowerCase()), `${secret} is in the ${what}`);
    }
    if (what !== "disk") assert(!text.includes(address), `a DID is in the ${what}`);
  }
  // The disk has only the index and an empty folder for temporary files.
  assert.deepEqual((await readdir(folder)).sort(), ["data", "tmp"]);
  assert.deepEqual(await readdir(tmp), []);
});

/** Sends a GET request from a local address, and returns the status. */
async function askFrom(localAddress: string, port: number, path: string): Promise<number | undefined> {
  const sent = request({ host: "127.0.0.1", port, path, localAddress, headers: { "user-agent": AGENT }, agent: false });
  sent.end();
  const [response] = await once(sent, "response");
  response.resume();
  await once(response, "end");
  return response.statusCode;
}
