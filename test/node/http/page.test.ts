import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { pageAnswers } from "../../../node/http/page/page.ts";
import { temporaryFolder } from "../../cli/harness.ts";

const NOTHING = { acceptEncoding: undefined, ifNoneMatch: undefined };

test("the page may ask its own node and those that its operator named, and runs no script but its own", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "index.html"), '<html data-part="public">');
  const { start } = pageAnswers({ part: "audit", nodes: ["https://node.example"], folder });
  const { status, headers, body } = start(NOTHING);
  assert.deepEqual([status, body], [200, '<html data-part="audit">']);
  const policy = headers["content-security-policy"] ?? "";
  assert.match(policy, /^default-src 'none'; script-src 'self';/);
  assert(policy.includes("connect-src 'self' https://node.example;"), policy);
  assert(policy.includes("require-trusted-types-for 'script'"), policy);
  assert.equal(start({ ...NOTHING, ifNoneMatch: headers.etag }).status, 304);
});

test("a file is sent as it was compressed, to be kept for good; another name is none of the page", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "main-ABC.js"), "plain");
  await writeFile(join(folder, "main-ABC.js.br"), "brotli");
  await writeFile(join(folder, "main-ABC.js.gz"), "gzip");
  await writeFile(join(folder, "secret.txt"), "not served");
  const { file } = pageAnswers({ part: "public", folder });
  for (const [accepted, encoding, content] of [
    ["gzip, deflate, br;q=1.0", "br", "brotli"],
    ["gzip", "gzip", "gzip"],
    ["identity", undefined, "plain"],
    ["br;q=0, gzip", "gzip", "gzip"],
    ["gzip;q=0.0, br; q=0", undefined, "plain"],
    ["GZIP", "gzip", "gzip"],
    ["br;q=0.2, gzip;q=0.8", "gzip", "gzip"],
    ["*", "br", "brotli"],
    ["br;q=0, *;q=0.1", "gzip", "gzip"],
    ["", undefined, "plain"],
  ] as const) {
    const { headers, body } = file("main-ABC.js", { ...NOTHING, acceptEncoding: accepted });
    assert.equal(headers["content-encoding"], encoding, accepted);
    assert.equal(String(body), content);
    assert.match(headers["cache-control"] ?? "", /immutable/);
  }
  for (const name of ["secret.txt", "index.html", "main-ABC.js.br", "../package.json"])
    assert.equal(file(name, NOTHING).status, 404, name);
});

test("a node without its page says so", async (t) => {
  const { start, file } = pageAnswers({ part: "public", folder: join(await temporaryFolder(t), "none") });
  for (const { status, body } of [start(NOTHING), file("main.js", NOTHING)]) {
    assert.equal(status, 404);
    assert.match(String(body), /NO_PAGE/);
  }
});
