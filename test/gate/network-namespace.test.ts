import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { writeBundle } from "../../resolver/proofs/bundle.ts";
import { REPOSITORY, temporaryFolder } from "../cli/harness.ts";

// The worked example of docs/offline.md, by the gate's own command in a network namespace with no interface that is up.

/** Of util-linux: a user namespace lets anybody make the network one. */
const [UNSHARE, ...OPTIONS] = ["unshare", "--map-root-user", "--net"] as const;
const tried = spawnSync(UNSHARE, [...OPTIONS, "true"], { encoding: "utf8" });
const hasNamespaces = tried.status === 0;
const why = `This machine makes no network namespace (${tried.error?.message ?? tried.stderr.trim()}): Linux with user namespaces does. \
no-network.test.ts checks the same in one process`;

const FOREVER = 3_000_000_000;
const vector = JSON.parse(await readFile(new URL("../vectors/bundles/attested.json", import.meta.url), "utf8"));

/** Runs Node in a namespace of its own. */
async function alone(args: readonly string[], input = "", env: Record<string, string> = {}): Promise<string> {
  const running = promisify(execFile)(UNSHARE, [...OPTIONS, process.execPath, ...args], {
    env: { ...process.env, ...env },
  });
  running.child.stdin?.end(input);
  return (await running).stdout;
}

test("a gate's command imports a bundle and a delta and decides where there is no network at all", {
  skip: hasNamespaces ? false : why,
}, async (t) => {
  const server = createServer((_, response) => response.end("reached")).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  assert.equal(await (await fetch(url)).text(), "reached");
  const probe = `fetch("${url}").then(() => "reached", (error) => error.cause.code).then(console.log)`;
  assert.equal((await alone(["-e", probe])).trim(), "ENETUNREACH");

  const folder = await temporaryFolder(t);
  const file = (name: string) => join(folder, name);
  const [type = ""] = Object.keys(vector.policy.types);
  const types = { [type]: { freshFor: FOREVER, denyAfter: FOREVER } };
  const wide = { presentationMaxAge: FOREVER, clockMaxAhead: FOREVER };
  await writeFile(file("network.json"), JSON.stringify(vector.network));
  await writeFile(file("policy.json"), JSON.stringify({ audience: vector.policy.audience, ...wide, types }));
  await writeFile(file("day.bundle"), await writeBundle(vector.bundle));
  await writeFile(file("next.bundle"), await writeBundle(vector.delta));
  const lines = vector.credentials.map(({ credential }: { credential: string }) =>
    JSON.stringify({ credential, nonce: vector.nonce }),
  );
  const gate = async (bundle: string) => {
    const options = ["--policy", file("policy.json"), "--data", file("gate"), "--bundle", file(bundle)];
    const env = { MAPAE_NETWORK: file("network.json"), MAPAE_HOME: folder };
    const said = await alone([join(REPOSITORY, "cli", "mapae.mjs"), "gate", ...options], lines.join("\n"), env);
    return said
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
      .map(({ outcome, reason }) => `${outcome} ${reason}`);
  };
  const wanted = (when: "before" | "after") => vector.credentials.map((one: Record<string, string>) => one[when]);
  assert.deepEqual(await gate("day.bundle"), wanted("before"));
  assert.deepEqual(await gate("next.bundle"), wanted("after"));
});
