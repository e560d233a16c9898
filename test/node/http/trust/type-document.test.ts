import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { id } from "ethers";
import { MAX_TYPE_DOCUMENT_BYTES, readTypeDocuments } from "../../../../node/trust/type-documents.ts";
import type { Hash } from "../../../../resolver/primitives/hex.ts";
import { temporaryFolder } from "../../../cli/harness.ts";
import { ChainSimulator } from "../../../helpers/chain-simulator.ts";
import { serveChain } from "../../../helpers/served-chain.ts";

/** What the simulated registry says of every type: its document's URI and hash. */
const PATH = "/schema";
const HASH: Hash = `0x${"7".padStart(64, "0")}`;
const DOCUMENT = Buffer.from('{"vct":"https://types.example/0","name":"Official ID"}\n');

function chainWithType(): ChainSimulator {
  const chain = new ChainSimulator();
  chain.mine([{ do: "type", type: 0 }]);
  return chain;
}

test("the document of a type is served at the path of its URI, as the bytes that were hashed, and forever", async (t) => {
  const { url } = await serveChain(t, chainWithType(), { documents: new Map([[HASH, DOCUMENT]]) });
  const answer = await fetch(`${url}${PATH}`);
  assert.equal(answer.status, 200);
  assert.deepEqual(Buffer.from(await answer.arrayBuffer()), DOCUMENT);
  assert.equal(answer.headers.get("content-type"), "application/json; charset=utf-8");
  assert.equal(answer.headers.get("cache-control"), "public, max-age=31536000, immutable");
  assert.equal(answer.headers.get("access-control-allow-origin"), "*");
  const again = await fetch(`${url}${PATH}`, { headers: { "if-none-match": answer.headers.get("etag") ?? "" } });
  assert.equal(again.status, 304);
  assert.equal((await fetch(`${url}${PATH}`, { method: "DELETE" })).status, 405);
  const { code } = (await (await fetch(`${url}/another`)).json()) as { code: string };
  assert.equal(code, "NO_ROUTE");
});

test("a document is served once its type is on the chain, and not when the chain has another hash", async (t) => {
  const chain = new ChainSimulator();
  const node = await serveChain(t, chain, { documents: new Map([[HASH, DOCUMENT]]) });
  assert.equal((await fetch(`${node.url}${PATH}`)).status, 404);
  await node.mine({ do: "type", type: 0 });
  assert.equal((await fetch(`${node.url}${PATH}`)).status, 200);
  const other = await serveChain(t, chainWithType(), { documents: new Map([[id("other") as Hash, DOCUMENT]]) });
  assert.equal((await fetch(`${other.url}${PATH}`)).status, 404);
});

test("documents are read from a folder and those below it, by the hash of their bytes", async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, "purposes"));
  await writeFile(join(folder, "a.json"), "{}");
  await writeFile(join(folder, "purposes", "b.json"), '{"b":1}');
  await writeFile(join(folder, "readme.txt"), "no JSON");
  const documents = await readTypeDocuments(folder);
  assert.deepEqual([...documents.keys()].sort(), [id("{}"), id('{"b":1}')].sort());
});

test("a folder that is missing, and a file that is no JSON or too long, are refused by name", async (t) => {
  const folder = await temporaryFolder(t);
  await assert.rejects(readTypeDocuments(join(folder, "missing")), { code: "TYPE_DOCUMENT" });
  for (const text of ["{", "\ufffe".repeat(2), " ".repeat(MAX_TYPE_DOCUMENT_BYTES + 1)]) {
    await writeFile(join(folder, "wrong.json"), text);
    await assert.rejects(readTypeDocuments(folder), { code: "TYPE_DOCUMENT", message: /wrong\.json/ });
  }
});
