import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { freePorts, REPOSITORY, temporaryFolder } from "../cli/harness.ts";

test("a port of the example that is taken is named before anything starts, with the variable that moves all", async (t) => {
  const [chain = "", node = "", port = ""] = await freePorts(3);
  const taken = createServer().listen(Number(port), "127.0.0.1");
  t.after(() => taken.close());
  await once(taken, "listening");
  const env = {
    ...process.env,
    MAPAE_HOME: await temporaryFolder(t),
    MAPAE_CHAIN_PORT: chain,
    MAPAE_HTTP_PORT: node,
    EXAMPLE_PORT: port,
  };
  const program = join(REPOSITORY, "examples", "mobile-id", "main.ts");
  const { status, stderr } = spawnSync(process.execPath, [program], { env, cwd: REPOSITORY, encoding: "utf8" });
  assert.equal(status, 1);
  assert.match(stderr, new RegExp(`^Error: Port ${port} for the example's .* another program.*EXAMPLE_PORT$`, "m"));
  assert.doesNotMatch(stderr, /✓/);
});
