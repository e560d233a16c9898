import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { REPOSITORY, temporaryFolder } from "./harness.ts";

/** Prints at the exit of a process from which packages it loaded modules. */
const HOOK = `
import { registerHooks } from "node:module";
const packages = new Set();
registerHooks({
  load(url, context, next) {
    const [, name] = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url) ?? [];
    if (name !== undefined) packages.add(name);
    return next(url, context);
  },
});
process.on("exit", () => process.stderr.write("\\nloaded " + JSON.stringify([...packages].sort())));
`;

for (const [args, wanted, unwanted] of [
  [["--help"], ["commander"], /^(?!commander$)/],
  [["resolve", "did:web:x"], ["commander", "did-resolver"], /^(?:ethers|express|ipaddr\.js|level|classic-level|pino)$/],
  [["did", "create", "--help"], ["commander", "ethers"], /^(?:express|level|classic-level)$/],
] as const) {
  test(`mapae ${args.join(" ")} loads what it needs, and no library of another command`, async (t) => {
    const hook = join(await temporaryFolder(t), "hook.mjs");
    await writeFile(hook, HOOK);
    const call = ["--import", hook, join(REPOSITORY, "cli", "mapae.mjs"), ...args];
    const { stderr } = spawnSync(process.execPath, call, { encoding: "utf8" });
    const loaded = JSON.parse(/loaded (.*)$/.exec(stderr)?.[1] ?? "") as string[];
    for (const name of wanted) assert(loaded.includes(name), `${name} of ${loaded}`);
    assert.deepEqual(
      loaded.filter((name) => unwanted.test(name)),
      [],
    );
  });
}
