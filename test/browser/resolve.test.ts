import assert from "node:assert/strict";
import { test } from "node:test";
import { bundle } from "../../scripts/page/bundle.ts";
import { ChainSimulator, simulatedIdentity } from "../helpers/chain-simulator.ts";
import { publicKey } from "../helpers/keys.ts";
import { readerRpc } from "../helpers/reader-rpc.ts";
import { startRpcServer } from "../helpers/rpc-server.ts";
import { ALICE, didOf, key, NETWORK, NOBODY, START, startTestNode } from "../node/http/harness.ts";
import { runInPage } from "./helpers/page.ts";

const RESOLVER = `
import { Resolver } from "did-resolver";
import { getResolver, parseNetworkDescriptor } from "./resolver/index.ts";
const resolverOf = (descriptor, source, time) => {
  const network = { descriptor: parseNetworkDescriptor(descriptor), ...source };
  return new Resolver(getResolver({ networks: [network], now: () => time }));
};
`;

test("a page resolves from a node of another origin, revalidates by ETag, and gets notFound for an unknown DID", async (t) => {
  const node = await startTestNode(t);
  node.writer.block(START, key(ALICE, 1));
  const { code } = await bundle(`${RESOLVER}
    export default async () => {
      const resolver = resolverOf(${JSON.stringify(NETWORK)}, { nodes: ["${node.url}"] }, ${START});
      const first = await resolver.resolve("${didOf(ALICE)}");
      await fetch("/mine", { method: "POST" });
      const second = await resolver.resolve("${didOf(ALICE)}");
      return [first, second, await resolver.resolve("${didOf(NOBODY)}")];
    };`);
  const mine = async () => {
    node.writer.block(START + 5);
    return "";
  };
  const [first, second, none] = (await runInPage(t, code, { "/mine": mine })) as [Reported, Reported, Reported];
  assert.equal(first.didDocument?.id, didOf(ALICE), JSON.stringify(first));
  assert.deepEqual(second.didDocument, first.didDocument);
  assert.equal(first.didResolutionMetadata.asOf?.block, 1);
  assert.equal(second.didResolutionMetadata.asOf?.block, 2, "a revalidated answer has the newer block");
  assert.equal(none.didResolutionMetadata.error, "notFound");
});

test("a page resolves directly from a chain", async (t) => {
  const chain = new ChainSimulator();
  chain.mine([{ do: "key", identity: 0, algorithm: "P256", key: publicKey("P256", 1), validTo: 4e9 }]);
  const server = await startRpcServer(readerRpc(chain));
  t.after(() => server[Symbol.asyncDispose]());
  const did = didOf(simulatedIdentity(0));
  const { code } = await bundle(`${RESOLVER}
    export default () => resolverOf(${JSON.stringify(chain.network())}, { chain: location.origin + "/rpc" }, 0).resolve("${did}");`);
  // The chain's server is configured to allow requests from other origins.
  const rpc = async (body: string) => (await fetch(server.url, { method: "POST", body })).text();
  const result = (await runInPage(t, code, { "/rpc": rpc })) as Reported;
  assert.equal(result.didDocument?.id, did, JSON.stringify(result));
  assert.equal(result.didDocument?.assertionMethod?.length, 1);
});

interface Reported {
  readonly didDocument: { readonly id: string; readonly assertionMethod?: readonly string[] } | null;
  readonly didResolutionMetadata: { readonly error?: string; readonly asOf?: { readonly block: number } };
}
