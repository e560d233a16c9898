import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Wallet } from "ethers";
import { developmentAccount } from "../../../cli/local/accounts.ts";
import { cancelRequests } from "../../../cli/relay/cancel.ts";
import { writeProvider } from "../../../cli/transaction/signer.ts";
import { errorOf, mapae, temporaryFolder } from "../harness.ts";

const HASH = `0x${"11".repeat(32)}`;
/** A block without mandatory fields. */
const BLOCK = { number: "0x5", hash: HASH, parentHash: HASH, timestamp: "0x1", extraData: "0x" };

/** A server that answers most requests with data that no chain would return. */
async function malformedChain(t: TestContext): Promise<string> {
  const answers: Readonly<Record<string, unknown>> = { eth_chainId: "0x7a69", eth_getBlockByNumber: BLOCK };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      const answer = ({ id, method }: { id: number; method: string }) => ({
        ...{ jsonrpc: "2.0", id },
        result: answers[method] ?? "0x",
      });
      const calls = JSON.parse(body);
      response.end(JSON.stringify(Array.isArray(calls) ? calls.map(answer) : answer(calls)));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a chain whose answers are impossible is unreachable for a deployment, and no fault of Mapae", async (t) => {
  const url = await malformedChain(t);
  const { privateKey } = developmentAccount(0);
  const env = { MAPAE_RPC_URLS: url, MAPAE_PRIVATE_KEY: privateKey };
  const out = join(await temporaryFolder(t), "network.json");
  const outcome = await mapae(["network", "deploy", "--label", "local", "--out", out, "--json"], env);
  assert.deepEqual([outcome.code, errorOf(outcome).code], [4, "UNAVAILABLE"], outcome.stderr);
});

test("a chain whose answers are impossible is unreachable for a cancelling, and no fault of Mapae", async (t) => {
  const provider = writeProvider(await malformedChain(t), 31_337);
  t.after(() => provider.destroy());
  const signer = new Wallet(developmentAccount(0).privateKey, provider);
  const [forwarder, registry] = [`0x${"12".repeat(20)}`, `0x${"13".repeat(20)}`] as const;
  const cancelling = cancelRequests({ signer, forwarder, registry, chainId: 31_337, count: 1, fees: {} });
  await assert.rejects(cancelling, { code: "UNAVAILABLE" });
});
