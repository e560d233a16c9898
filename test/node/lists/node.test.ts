import assert from "node:assert/strict";
import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { loadConfig } from "../../../node/config/config.ts";
import { newKey, sealKey, signerOf } from "../../../node/issuing/key-file.ts";
import { startNode } from "../../../node/main.ts";
import { type Clock, systemClock } from "../../../node/runtime/clock.ts";
import { verifyStatusJwt } from "../../../resolver/status/signed/verify-token.ts";
import { statusAt } from "../../../resolver/status/status-list.ts";
import { endsOf, temporaryFolder } from "../../cli/harness.ts";
import { ChainSimulator } from "../../helpers/chain-simulator.ts";
import { sampleOf, scrape } from "../../helpers/exposition.ts";
import { faulty } from "../../helpers/faulty-reader.ts";
import { configOf, ready, silent, until } from "../../helpers/real-node.ts";
import { DID, PATH, publish, SIZE, signer, status, URI } from "./served-node.ts";

test("a node with a key file serves what is mined from then on; with a wrong password it does not start", async (t) => {
  const folder = await temporaryFolder(t);
  const key = newKey(DID, "ES256");
  const { keyId, jwk } = signerOf(key);
  const signers = { files: [join(folder, "lists.jwe")], passwordFile: join(folder, "password") };
  await writeFile(join(folder, "lists.jwe"), await sealKey(key, "correct horse battery"), { mode: 0o600 });
  await writeFile(signers.passwordFile, "correct horse battery\n", { mode: 0o600 });

  const chain = new ChainSimulator();
  chain.mine([publish(signerOf(key)), { do: "list", identity: 1, list: 0 }]);
  const overrides = { readers: [chain], logger: silent, clock: { ...systemClock, now: () => chain.tip.time } };
  const node = await startNode(await configOf(t, chain, { signers }), overrides);
  endsOf(t)(() => node.stop());
  await ready(node.url);
  const method = { id: keyId, type: "JsonWebKey2020", controller: DID, publicKeyJwk: jwk };
  const document = { id: DID, verificationMethod: [method], assertionMethod: [keyId] };
  const served = async () => {
    const token = await (await fetch(node.url + PATH)).text();
    const { list } = await verifyStatusJwt(token, { uri: URI, size: SIZE, document, now: chain.tip.time });
    return [statusAt(list, 256 + 7), statusAt(list, 256 + 8)];
  };
  assert.deepEqual(await served(), [0, 0]);
  chain.mine([status(1, [7, 8, 9])]);
  await until(async () => (await served())[0] === 1);
  assert.deepEqual(await served(), [1, 2]);

  await writeFile(signers.passwordFile, "another password", { mode: 0o600 });
  const config = await configOf(t, chain, { signers });
  await assert.rejects(startNode(config, overrides), { code: "KEY_FILE_PASSWORD" });
  await assert.rejects(access(join(config.dataDir, "CURRENT")), "its index was not opened");
});

test("a node looks for lists that it can't sign, without a request, and its metrics count them", async (t) => {
  const chain = new ChainSimulator();
  chain.mine([publish(signer), { do: "list", identity: 1, list: 0 }]);
  const clock: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 10), signal) };
  const config = await configOf(t, chain, { metrics: { host: "127.0.0.1", port: 0 } });
  const node = await startNode(config, { readers: [chain], logger: silent, clock, signers: [signer] });
  endsOf(t)(() => node.stop());
  await ready(node.url);
  const counted = async (count: number) =>
    until(async () => sampleOf(await scrape(node.metricsUrl ?? ""), "mapae_lists_alarmed") === count);
  await counted(0);
  chain.mine([publish(signer, 0)]);
  await counted(1);
  chain.mine([publish(signer)]);
  await counted(0);
});

test("a node that has the signer's node as its peer serves its bytes, but never those of a peer whose bits differ", async (t) => {
  const chain = new ChainSimulator();
  chain.mine([publish(signer), { do: "list", identity: 1, list: 0 }]);
  const clock = { ...systemClock, now: () => chain.tip.time };
  let down = false;
  const signing = await startNode(await configOf(t, chain), {
    readers: [faulty(chain, () => (down ? "down" : undefined))],
    logger: silent,
    clock,
    signers: [signer],
  });
  endsOf(t)(() => signing.stop());
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "network.json"), JSON.stringify(chain.network()));
  const config = loadConfig({
    MAPAE_NETWORK: join(folder, "network.json"),
    MAPAE_RPC_URLS: "http://127.0.0.1:9",
    MAPAE_DATA_DIR: join(folder, "index"),
    MAPAE_HTTP_PORT: "0",
    MAPAE_METRICS_PORT: "off",
    MAPAE_POLL_MS: "100",
    MAPAE_PEERS: signing.url,
  });
  const mirror = await startNode(config, { readers: [chain], logger: silent, clock });
  endsOf(t)(() => mirror.stop());
  await Promise.all([ready(signing.url), ready(mirror.url)]);
  const served = async ({ url }: { url: string }) => {
    const response = await fetch(url + PATH);
    return { status: response.status, text: await response.text() };
  };
  const caughtUp = (...nodes: (typeof mirror)[]) =>
    until(() => nodes.every(({ index }) => index.asOf()?.number === chain.tip.number));

  const [theirs, ours] = [await served(signing), await served(mirror)];
  assert.deepEqual([ours.status, ours.text], [200, theirs.text]);

  // The signer does not hear of a revocation: what it serves is signed well, and old.
  down = true;
  chain.mine([status(1, [7, 8, 9])]);
  await caughtUp(mirror);
  assert.deepEqual(await served(signing), theirs);
  const refused = await served(mirror);
  assert.deepEqual([refused.status, JSON.parse(refused.text).code], [404, "LIST_NOT_SIGNED_HERE"]);

  down = false;
  // A list that was refused is asked for again after 5 seconds.
  for (let blocks = 0; blocks < 3; blocks++) chain.mine();
  await caughtUp(signing, mirror);
  const [changed, mirrored] = [await served(signing), await served(mirror)];
  assert.notEqual(changed.text, theirs.text);
  assert.deepEqual(mirrored, changed);
});
