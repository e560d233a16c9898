import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { type Layout, LIBRARY_LIMITS, librarySize } from "../../scripts/bench/library.ts";
import { bundle, firstLoad } from "../../scripts/page/bundle.ts";

test("the whole library bundles for a browser, and leaves nothing to be imported: nothing of Node's own", async () => {
  const { imports, files } = await bundle('export * from "./resolver/index.ts";');
  assert.deepEqual(imports, []);
  const outside = files.filter((file) => !/^(resolver|node_modules)\//.test(file));
  assert.deepEqual(outside, []);
});

test("a verifier that only resolves loads nothing that signs, sends or proves, and nothing of lists and accreditations", async () => {
  const { files } = await firstLoad('export { getResolver } from "./resolver/get-resolver.ts";');
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

for (const part of ["whole", "getResolver"] as const) {
  for (const [layout, limit] of Object.entries(LIBRARY_LIMITS[part]) as [Layout, number][]) {
    const how = layout === "one" ? "as one file" : "split";
    test(`a page loads at most ${limit} bytes of the library before it runs: ${part}, ${how}`, async () => {
      const bytes = await librarySize(part, layout);
      assert(bytes > 10_000 && bytes <= limit, `${bytes} bytes`);
    });
  }
}

test("a verifier of lists that are signed as JWTs loads no CBOR before a CWT comes", async () => {
  const { files } = await firstLoad('export * from "./resolver/index.ts";');
  assert(files.includes("resolver/status/signed/verify-token.ts"));
  assert(!files.includes("resolver/status/signed/cbor.ts"), files.join(", "));
});

test("the library can be loaded by require(), for no module of it awaits at its top", () => {
  const { getResolver, verifier } = createRequire(import.meta.url)("../../resolver/index.ts");
  assert.deepEqual([typeof getResolver, typeof verifier], ["function", "function"]);
});
