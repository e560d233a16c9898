import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { bundle, firstLoad } from "../helpers/bundle.ts";

test("the whole library bundles for a browser, and leaves nothing to be imported: nothing of Node's own", async () => {
  const { imports, files } = await bundle('export * from "./resolver/index.ts";');
  assert.deepEqual(imports, []);
  const outside = files.filter((file) => !/^(resolver|node_modules)\//.test(file));
  assert.deepEqual(outside, []);
});

test("a verifier that only resolves loads nothing that signs, sends or proves, and nothing of lists and accreditations", async () => {
  const { files, gzip } = await firstLoad('export { getResolver } from "./resolver/get-resolver.ts";');
  assert(gzip < 66_000, `${gzip} bytes`);
  assert(files.includes("resolver/nodes/node-source.ts") && files.includes("resolver/chain/chain-source.ts"));
  const unwanted = files.filter((file) =>
    /^resolver\/(status|trust|proofs)\/|ethers.*\/(wallet|contract|providers)\//.test(file),
  );
  assert.deepEqual(unwanted, []);
});

test("with the code that verifies proofs a verifier that only resolves is below 80 kB", async () => {
  const { code, files } = await bundle('export { getResolver } from "./resolver/get-resolver.ts";');
  assert(files.includes("resolver/proofs/verify-envelope.ts"));
  const bytes = gzipSync(code).length;
  assert(bytes < 80_000, `${bytes} bytes`);
});

test("a verifier that only looks up a status carries some hundred bytes", async () => {
  const { code, files } = await bundle('export { statusAt } from "./resolver/index.ts";');
  assert(code.length < 2_000, `${code.length} bytes`);
  assert(files.includes("resolver/status/status-list.ts"));
  assert(!files.some((file) => file.startsWith("node_modules/")), files.join(", "));
});
