import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { Resolver } from "did-resolver";
import { id, JsonRpcProvider } from "ethers";
import { EthrDidController } from "ethr-did-resolver";
import type { AttestationsAnswer } from "../../node/attestations/ask-peer.ts";
import { getResolver, parseNetworkDescriptor } from "../../resolver/index.ts";
import { verifyAttestations } from "../../resolver/proofs/attested.ts";
import { freePorts, REPOSITORY } from "../cli/harness.ts";
import { Start } from "./start.ts";

/** Types of ethers against which the stock library was compiled. */
type StockSigner = ConstructorParameters<typeof EthrDidController>[2];
type StockProvider = ConstructorParameters<typeof EthrDidController>[4];

/** Ids of the processes that have a folder in their environment, which are all processes of one `mapae start`. */
async function processesOf(home: string): Promise<string[]> {
  const ids = (await readdir("/proc")).filter((name) => /^[0-9]+$/.test(name) && name !== String(process.pid));
  const found = await Promise.all(
    ids.map(async (id) => {
      try {
        return (await readFile(`/proc/${id}/environ`, "utf8")).includes(`MAPAE_HOME=${home}\0`) ? [id] : [];
      } catch {
        return []; // the process exited meanwhile
      }
    }),
  );
  return found.flat();
}

async function eventually(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const until = Date.now() + 120_000; // generous, because it matters only for failures
  while (!(await isSo())) {
    assert(Date.now() < until, `timed out: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test("npm start: the demo resolves as printed, stock tools write to it, and Ctrl-C leaves no process behind", async (t) => {
  const start = await Start.in(t);
  await start.prints(/Ctrl-C stops all/);
  const { dids, node, chain, registry } = await start.demo();

  assert.deepEqual(
    dids.map(({ status }) => status),
    [200, 200, 200, 200, 410, 404, 400, 501],
  );
  const examples = await (await fetch(`${node}/1.0/testIdentifiers`)).json();
  assert.deepEqual(examples, { mapae: dids.flatMap(({ did, status }) => (status === 200 ? [did] : [])) });
  for (const { did, status, role, special } of dids) {
    assert(role && special);
    assert.equal((await fetch(`${node}/1.0/identifiers/${did}`)).status, status, did);
    assert.match(start.stdout, new RegExp(`curl -i ${node}/1.0/identifiers/${did}\\n`));
  }
  // Each type's document has the type's URI as its path, and the hash that is on the chain.
  const { types } = (await (await fetch(`${node}/types`)).json()) as { types: { uri: string; schemaHash: string }[] };
  assert.equal(types.length, 9);
  for (const { uri, schemaHash } of types) {
    const document = await (await fetch(`${node}${new URL(uri).pathname}`)).text();
    assert.equal(id(document), schemaHash);
    const { vct, purpose } = JSON.parse(document) as { vct?: string; purpose?: string };
    assert.equal(vct ?? purpose, uri);
  }
  for (const { versions } of dids) assert(versions === undefined || new Set(versions).size >= 3);

  // A program without any code of Mapae adds a key.
  const agency = dids[1];
  assert(agency?.owner);
  const provider = new JsonRpcProvider(chain, 31_337, { staticNetwork: true });
  t.after(() => provider.destroy());
  const controller = new EthrDidController(
    agency.owner,
    undefined,
    (await provider.getSigner(agency.owner)) as object as StockSigner,
    undefined,
    provider as object as StockProvider,
    undefined,
    registry,
  );
  const document = async () => {
    const response = await fetch(`${node}/1.0/identifiers/${agency.did}`, {
      headers: { accept: "application/did+ld+json" },
    });
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as { assertionMethod: string[] };
  };
  const before = (await document()).assertionMethod.length;
  const key = `0x02${"79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"}`;
  await controller.setAttribute("did/pub/Secp256k1/veriKey/hex", key, 86_400);
  await eventually("the key is in the node's answer", async () => {
    return (await document()).assertionMethod.length === before + 1;
  });

  const descriptor = parseNetworkDescriptor(
    JSON.parse(await readFile(join(start.home, "local", "network.json"), "utf8")),
  );
  const direct = await new Resolver(getResolver({ networks: [{ descriptor, chain }] })).resolve(agency.did);
  assert.deepEqual(await document(), direct.didDocument);

  // The node's operator attests the chain's blocks.
  const attested = (await (await fetch(`${node}/attestations/newest`)).json()) as AttestationsAnswer;
  assert(descriptor.consensus.kind === "attested");
  await verifyAttestations({ ...descriptor, ...attested }, attested.attestations, descriptor.consensus);

  // A second start in the same folder is refused.
  const second = new Start(start.home, await freePorts(2));
  assert.equal(await second.closed, 2);
  assert.match(second.stderr, /runs here already, as process \d+/);
  const ready = await fetch(`${node}/ready`);
  assert.equal(ready.status, 200, await ready.text());

  assert.equal(await start.end("SIGINT"), 0);
  assert.deepEqual(await processesOf(start.home), []);
  assert(!existsSync(join(start.home, "local", "start.lock")));
  // The next start can use the same ports.
  const again = start.again();
  await again.prints(/Ctrl-C stops all/);
});

test("for a busy port, the error names the variable that changes it, and nothing is started or left", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => void server.close());
  const port = String((server.address() as { port: number }).port);
  const [free = ""] = await freePorts(1);
  for (const [ports, variable] of [
    [[port, free], "MAPAE_CHAIN_PORT"],
    [[free, port], "MAPAE_HTTP_PORT"],
  ] as const) {
    const start = await Start.in(t, ports);
    assert.equal(await start.closed, 2);
    assert.match(
      start.stderr,
      new RegExp(`Error: Port ${port} .*another program listens there\\. Choose another one with ${variable}\n`),
    );
    assert.deepEqual(await processesOf(start.home), []);
    assert.deepEqual(await readdir(join(start.home, "local")), []);
  }
});

test("when the node is killed, the chain continues and the command to restart the node is printed; when the chain is killed, everything exits", async (t) => {
  const start = await Start.in(t);
  await start.prints(/Ctrl-C stops all/);
  const { node, chain } = await start.demo();
  const command = async (id: string) => (await readFile(`/proc/${id}/cmdline`, "utf8")).replaceAll("\0", " ");
  const find = async (what: RegExp) => {
    for (const id of await processesOf(start.home)) if (what.test(await command(id))) return Number(id);
    return assert.fail(`no process ${what}`);
  };
  process.kill(await find(/mapae\.mjs node/), "SIGKILL");
  await start.prints(/ended with signal SIGKILL; the chain goes on/, "stderr");
  const [, variables = ""] = /Start it again with:\n {2}(.*) npx mapae node/.exec(start.stderr) ?? [];
  assert.equal((await fetch(chain, { method: "POST", body: "{}" })).status, 200);

  // npx would find another Node.js first.
  const restarted = spawn("sh", ["-c", `exec env ${variables} "$NODE" cli/mapae.mjs node`], {
    env: { ...process.env, NODE: process.execPath },
    cwd: REPOSITORY,
    stdio: "ignore",
  });
  t.after(() => void restarted.kill("SIGKILL"));
  await eventually("the node is ready again", async () => {
    return fetch(`${node}/ready`).then(
      ({ status }) => status === 200,
      () => false,
    );
  });
  restarted.kill("SIGTERM");
  assert.deepEqual(await once(restarted, "exit"), [0, null]);

  process.kill(await find(/chain\.ts/), "SIGKILL");
  assert.equal(await start.closed, 4);
  assert.match(start.stderr, /Error: The chain ended with signal SIGKILL.*The chain answers on/s);
  assert.deepEqual(await processesOf(start.home), []);

  const again = start.again();
  await again.prints(/Ctrl-C stops all/);
  process.kill(await find(/chain\.ts/), "SIGKILL");
  assert.equal(await again.closed, 4);
  assert.doesNotMatch(again.stderr, /Start it again/);
});

test("when `mapae start` itself is killed, its processes exit", async (t) => {
  const start = await Start.in(t);
  await start.prints(/Ctrl-C stops all/);
  assert.equal((await processesOf(start.home)).length, 3);
  await start.end("SIGKILL");
  await eventually("all processes ended", async () => (await processesOf(start.home)).length === 0);
  // The lock of the killed one does not keep the next one from starting.
  const again = start.again();
  await again.prints(/Ctrl-C stops all/);
});

test("npm start passes a signal on to its processes, and these exit when npm is killed", async (t) => {
  const interrupted = await Start.in(t, undefined, ["npm", "start"]);
  const { home } = interrupted;
  await interrupted.prints(/Ctrl-C stops all/);
  assert.equal(await interrupted.end("SIGINT"), 0);
  assert.deepEqual(await processesOf(home), []);

  const killed = interrupted.again();
  await killed.prints(/Ctrl-C stops all/);
  await killed.end("SIGKILL");
  await eventually("all processes ended", async () => (await processesOf(home)).length === 0);
});
