import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { ARTIFACTS } from "../../cli/deploy/artifacts.ts";
import { developmentAccount } from "../../cli/local/accounts.ts";
import { formatDid } from "../../resolver/index.ts";
import { endsOf, temporaryFolder } from "../../scripts/rehearsal/ends.ts";
import { until } from "../../scripts/rehearsal/until.ts";
import { freePorts, REPOSITORY } from "../cli/harness.ts";
import { Random } from "../helpers/random.ts";
import { seedOf } from "../helpers/seeds.ts";
import { deploy } from "./helpers/deploy.ts";
import { signersOf } from "./helpers/genesis.ts";
import { initGeth, startGeth } from "./helpers/geth.ts";
import { untilState } from "./helpers/node.ts";
import { sealingOn, sealTogether } from "./helpers/seal.ts";
import { signFor } from "./helpers/transactions.ts";

const STEPS = 24;
const ALICE = 2;
const SPEC = { signers: 1, period: 0 };

test("while chain and node are killed and started in random order, each answer is a state of the chain, no answer is older than an earlier one, and /ready tells the node's state", async (t) => {
  const seed = seedOf("RESTARTS_SEED");
  t.diagnostic(`RESTARTS_SEED=${seed}`);
  const random = new Random(seed);
  const atEnd = endsOf(t);
  const folder = await temporaryFolder(atEnd);
  const [signer] = signersOf(SPEC);
  const [gethPort = "", nodePort = ""] = await freePorts(2);
  assert(signer);
  const options = { folder: join(folder, "a"), spec: SPEC, signer, extra: "a", maxPeers: 1, port: gethPort };
  await initGeth(options);
  let geth = await startGeth(options);
  atEnd(() => geth.stop());
  const { network, calls } = await sealingOn(geth, () => deploy(geth, { artifacts: ARTIFACTS, folder, depth: 12 }));
  const descriptor = join(folder, "network.json");
  await writeFile(descriptor, JSON.stringify(network));
  const url = `http://127.0.0.1:${nodePort}`;
  const startNode = () =>
    spawn(process.execPath, [join(REPOSITORY, "cli", "mapae.mjs"), "node"], {
      env: {
        PATH: process.env.PATH,
        MAPAE_NETWORK: descriptor,
        MAPAE_RPC_URLS: geth.url,
        MAPAE_DATA_DIR: join(folder, "index"),
        MAPAE_HTTP_PORT: nodePort,
        MAPAE_METRICS_PORT: "off",
        MAPAE_POLL_MS: "20",
        // The chain makes a block only when there is a transaction.
        MAPAE_STALE_AFTER: "31536000",
        MAPAE_REFUSE_AFTER: "31536000",
      },
      stdio: ["ignore", "ignore", "inherit"],
    });
  const listening = () => until("the node listens", () => fetch(`${url}/health`).then(Boolean, () => false));
  let node = startNode();
  await listening();
  atEnd(async () => void node.kill("SIGKILL"));

  /** By version: the endpoints of the document's services from that block on. */
  const written = new Map<string, readonly string[]>();
  const last = () => Number([...written.keys()].at(-1));
  const up = { chain: true, node: true };
  let newest = 0;
  const document = `${url}/1.0/identifiers/${formatDid(network.name, developmentAccount(ALICE).address)}`;
  const ask = async (): Promise<number> => {
    const response = await fetch(document);
    const body = (await response.json()) as Answer;
    // The DID was written before the first request. Only a node whose index does not have that block yet may lack it, and then
    // it says so.
    if (response.status !== 200) assert.equal(response.status, 503, JSON.stringify(body));
    if (response.status !== 200) return 0;
    const { versionId } = body.didDocumentMetadata;
    const endpoints = body.didDocument.service.map(({ serviceEndpoint }) => serviceEndpoint);
    assert.deepEqual(endpoints, written.get(versionId), `version ${versionId}`);
    assert(Number(versionId) >= newest, `version ${versionId} after ${newest}`);
    newest = Number(versionId);
    return newest;
  };
  const step = {
    async write() {
      const endpoint = `https://${written.size}.example`;
      const block = await sealTogether(geth, await signFor(geth)(ALICE, calls.setService(ALICE, endpoint)));
      written.set(String(block), [...(written.get(String(last())) ?? []), endpoint]);
    },
    async killChain() {
      await geth.kill();
      up.chain = false;
    },
    async startChain() {
      geth = await startGeth(options);
      up.chain = true;
    },
    async killNode() {
      node.kill("SIGKILL");
      await once(node, "exit");
      up.node = false;
    },
    async startNode() {
      node = startNode();
      up.node = true;
      await listening();
    },
  };

  await step.write();
  await untilState({ url }, { kind: "following", status: 200 });
  await until("the write is served", async () => (await ask()) === last());
  for (let count = 0; count < STEPS; count++) {
    const possible = [
      ...(up.chain ? (["write", "killChain"] as const) : (["startChain"] as const)),
      up.node ? ("killNode" as const) : ("startNode" as const),
    ];
    const name = random.pick(possible);
    t.diagnostic(name);
    await step[name]();
    if (!up.node) continue;
    await ask();
    if (up.chain) {
      await until("the last write is served", async () => (await ask()) === last());
      await untilState({ url }, { kind: "following", status: 200 });
    } else {
      // The node answers with its last state, marked as stale.
      await untilState({ url }, { kind: "stale", status: 200 });
      assert(await ask());
    }
  }
});

interface Answer {
  readonly didDocument: { readonly service: readonly { readonly serviceEndpoint: string }[] };
  readonly didDocumentMetadata: { readonly versionId: string };
}
