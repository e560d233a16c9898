import assert from "node:assert/strict";
import { test } from "node:test";
import { bundle } from "../helpers/bundle.ts";

test("the whole library bundles for a browser, and leaves nothing to be imported: nothing of Node's own", async () => {
  const { imports, files } = await bundle('export * from "./resolver/index.ts";');
  assert.deepEqual(imports, []);
  const outside = files.filter((file) => !/^(resolver|node_modules)\//.test(file));
  assert.deepEqual(outside, []);
});

test("a verifier that only resolves carries nothing that signs or sends, and nothing of lists and accreditations", async () => {
  const { code, files } = await bundle('export { getResolver } from "./resolver/index.ts";');
  assert(code.length < 300_000, `${code.length} bytes`);
  assert(files.includes("resolver/nodes/node-source.ts") && files.includes("resolver/chain/chain-source.ts"));
  const unwanted = files.filter((file) =>
    /^resolver\/(status|trust)\/|ethers.*\/(wallet|contract|providers)\//.test(file),
  );
  assert.deepEqual(unwanted, []);
});

test("a verifier that only looks up a status carries some hundred bytes", async () => {
  const { code, files } = await bundle('export { statusAt } from "./resolver/index.ts";');
  assert(code.length < 2_000, `${code.length} bytes`);
  assert(files.includes("resolver/status/status-list.ts"));
  assert(!files.some((file) => file.startsWith("node_modules/")), files.join(", "));
});
