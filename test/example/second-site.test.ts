import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { decodeProtectedHeader } from "jose";
import { parseNetworkDescriptor, verifier } from "../../resolver/index.ts";
import { freePorts, REPOSITORY } from "../cli/harness.ts";
import { Desk } from "./helpers/desk.ts";
import { startExample } from "./helpers/stage.ts";
import { TestWallet } from "./helpers/wallet.ts";

const { config, home } = await startExample({ after });
const MAPAE = join(REPOSITORY, "cli", "mapae.mjs");
const issuer = config.issuers["official-id"] ?? assert.fail();
const env = {
  ...process.env,
  MAPAE_HOME: home,
  MAPAE_NETWORK: config.network,
  MAPAE_RPC_URLS: config.chain,
  MAPAE_KEYSTORE: issuer.keystore,
  MAPAE_KEYSTORE_PASSWORD_FILE: config.password,
  MAPAE_SIGNER_PASSWORD_FILE: config.password,
};

async function mapae(...args: string[]): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)(process.execPath, [MAPAE, ...args, "--json"], { env });
  return JSON.parse(stdout) as Record<string, unknown>;
}

test("with a second signing site, cards are valid when the first node and its key are gone; without it nobody can say", async () => {
  const file = join(home, "second.jwe");
  await mapae("signer", "new", file, "--issuer", issuer.did);
  const { jwk, keyId } = await mapae("signer", "show", file);
  await mapae(
    "did",
    "add-key",
    issuer.did,
    "--purpose",
    "assertion",
    "--jwk",
    JSON.stringify(jwk),
    "--valid-for",
    "400d",
  );
  const [port = ""] = await freePorts(1);
  const second = spawn(process.execPath, [MAPAE, "node"], {
    env: {
      ...env,
      MAPAE_DATA_DIR: join(home, "second"),
      MAPAE_HTTP_PORT: port,
      MAPAE_METRICS_PORT: "off",
      MAPAE_SIGNER_FILES: file,
    },
    stdio: "ignore",
  });
  after(async () => {
    second.kill("SIGTERM");
    await once(second, "exit");
  });
  const secondUrl = `http://127.0.0.1:${port}`;
  await until(async () => (await fetch(`${secondUrl}/ready`)).status === 200);

  const wallet = await TestWallet.for(config.urls.issuer);
  const { offerUri, txCode } = await new Desk(config.urls.desk).issue(1, "official-id");
  const [held = assert.fail()] = await wallet.fetchCards(await wallet.redeem(offerUri, txCode), "official-id", 1);
  const descriptor = parseNetworkDescriptor(await (await fetch(`${secondUrl}/network`)).json());
  const verdictBy = async (nodes: readonly string[]) =>
    (await verifier({ networks: [{ descriptor, nodes }] }).verify(held.card)).verdict;
  assert.equal(await verdictBy(config.nodes), "valid");
  const list = await fetch(`${secondUrl}${new URL(issuer.listUri).pathname}`);
  assert.equal(decodeProtectedHeader(await list.text()).kid, keyId);

  process.kill(await nodeOf(home), "SIGKILL");
  await until(() =>
    fetch(`${config.nodes[0]}/health`).then(
      () => false,
      () => true,
    ),
  );
  assert.equal(await verdictBy(config.nodes), "unknown");
  assert.equal(await verdictBy([...config.nodes, secondUrl]), "valid");
});

/** The id of the node that the local network runs: its process names the folder and the command. */
async function nodeOf(folder: string): Promise<number> {
  const data = `MAPAE_DATA_DIR=${join(folder, "local", "index")}\0`;
  for (const id of (await readdir("/proc")).filter((name) => /^[0-9]+$/.test(name))) {
    const environment = await readFile(`/proc/${id}/environ`, "utf8").catch(() => ""); // ended meanwhile, or another's
    if (environment.includes(data)) return Number(id);
  }
  return assert.fail("the local network has no node");
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000; // generous: it says only that it never is
  while (!(await isSo().catch(() => false))) {
    assert(Date.now() < end, "it never is so");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
