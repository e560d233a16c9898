import assert from "node:assert/strict";
import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "../../../node/clock.ts";
import { startNode } from "../../../node/main.ts";
import { newKey, sealKey, signerOf } from "../../../node/status-lists/key-file.ts";
import { statusAt } from "../../../resolver/status/status-list.ts";
import { verifyStatusJwt } from "../../../resolver/status/verify-token.ts";
import { ChainSimulator } from "../../helpers/chain-simulator.ts";
import { configOf, ready, silent, until } from "../../helpers/real-node.ts";
import { temporaryFolder } from "../../scripts/harness.ts";
import { DID, PATH, publish, SIZE, status, URI } from "./served-node.ts";

test("a node with a key file serves what is mined from then on; with a wrong password it does not start", async (t) => {
  const folder = await temporaryFolder(t);
  const key = newKey(DID, "ES256");
  const { keyId, jwk } = signerOf(key);
  const signers = { files: [join(folder, "lists.jwe")], passwordFile: join(folder, "password") };
  await writeFile(join(folder, "lists.jwe"), await sealKey(key, "correct horse battery"));
  await writeFile(signers.passwordFile, "correct horse battery\n");

  const chain = new ChainSimulator();
  chain.mine([publish(signerOf(key)), { do: "list", identity: 1, list: 0 }]);
  const overrides = { readers: [chain], logger: silent, clock: { ...systemClock, now: () => chain.tip.time } };
  const node = await startNode(await configOf(t, chain, { signers }), overrides);
  t.after(() => node.stop());
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

  await writeFile(signers.passwordFile, "another password");
  const config = await configOf(t, chain, { signers });
  await assert.rejects(startNode(config, overrides), { code: "KEY_FILE_PASSWORD" });
  await assert.rejects(access(join(config.dataDir, "CURRENT")), "its index was not opened");
});
