import assert from "node:assert/strict";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, mock, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Address } from "../../resolver/primitives/hex.ts";
import { REPOSITORY, temporaryFolder } from "../cli/harness.ts";
import { key, NETWORK, startTestNode } from "../node/http/harness.ts";

// Runs the examples in the library's own documentation: their output has to be what their comments say.

/** The account whose DID the examples resolve. */
const ADDRESS: Address = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";

/** Put before an example that uses a descriptor. */
const DESCRIPTOR = `const descriptor = ${JSON.stringify(NETWORK)} as never;\n`;

const folder = await temporaryFolder({ after });
await mkdir(join(folder, "node_modules"));
for (const [name, path] of [
  ["mapae", REPOSITORY],
  ["did-resolver", join(REPOSITORY, "node_modules", "did-resolver")],
] as const) {
  await symlink(path, join(folder, "node_modules", name), "junction");
}
await writeFile(join(folder, "package.json"), '{"type":"module"}');

interface Example {
  readonly name: string;
  readonly code: string;
}

/** The TypeScript after each `@example` in the library, named by its file. */
async function findExamples(): Promise<Example[]> {
  const root = join(REPOSITORY, "resolver");
  const files = (await readdir(root, { recursive: true })).filter((file) => file.endsWith(".ts")).sort();
  const examples: Example[] = [];
  for (const file of files) {
    const text = await readFile(join(root, file), "utf8");
    for (const [, block = ""] of text.matchAll(/^ \* @example\n \* ```ts\n(.*?)^ \* ```$/gms)) {
      examples.push({ name: file, code: block.replace(/^ \* ?/gm, "") });
    }
  }
  return examples;
}

const examples = await findExamples();

for (const [at, { name, code }] of examples.entries()) {
  test(`the example of ${name} prints what its comments say`, async (t) => {
    const node = await startTestNode(t);
    node.now = Math.floor(Date.now() / 1_000);
    node.writer.block(node.now, key(ADDRESS, 1));
    const path = join(folder, `example-${at}.ts`);
    await writeFile(path, code.includes("descriptor") ? DESCRIPTOR + code : code);

    const printed: string[] = [];
    const log = mock.method(console, "log", (...values: unknown[]) => printed.push(values.map(String).join(" ")));
    const real = globalThis.fetch;
    // The node of this test replaces all nodes in an example.
    const ask = mock.method(globalThis, "fetch", (url: string, init: RequestInit) =>
      real(url.replace(/^https:\/\/[a-z.]+\.example/, node.url), init),
    );
    try {
      await import(pathToFileURL(path).href);
    } finally {
      log.mock.restore();
      ask.mock.restore();
    }
    const said = [...code.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text);
    assert(said.length > 0, "an example prints something");
    assert.deepEqual(printed, said);
  });
}

test("the library has examples", () => {
  assert(examples.length >= 5, `${examples.length}`);
});
