import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { whatToTry } from "../../cli/local/what-to-try.ts";
import { freePorts, REPOSITORY, temporaryFolder } from "../cli/harness.ts";
import { startSilently } from "../helpers/local-network.ts";

/** One of the lines that `npm start` prints: a shell command, and its documented outcome. */
const LINE = /^ {2}npx (?<command>mapae .*?)(?: {3}# (?<verdict>.*))?$/;

interface Line {
  readonly command?: string;
  readonly verdict?: string;
}

/** Replaces npx, which would find another Node.js first. */
const MAPAE = 'mapae() { "$NODE" cli/mapae.mjs "$@"; }';

test("the commands that npm start prints make a bundle, and a gate decides by it after chain and node have stopped", async (t) => {
  const home = join(await temporaryFolder(t), "its $HOME here");
  const [chain = "", http = ""] = await freePorts(2);
  const { network, terminal } = await startSilently({
    MAPAE_HOME: home,
    MAPAE_CHAIN_PORT: chain,
    MAPAE_HTTP_PORT: http,
  });
  const { env } = terminal;
  t.after(() => network.stop());
  const [, after = ""] = whatToTry(network, terminal).split("\nOffline: ");
  const lines = after.split("\n").flatMap((line): Line[] => {
    const groups = LINE.exec(line)?.groups;
    return groups === undefined ? [] : [groups];
  });
  const [make, verify, ...gates] = lines;
  assert.ok(make && verify);
  assert.deepEqual(
    new Set(gates.map(({ verdict }) => verdict)),
    new Set(["admit: fresh", "deny: revoked", "deny: suspended", "deny: foreignList", "deny: notAccredited"]),
  );

  async function run({ command = "" }: Line) {
    const child = spawn("sh", ["-c", `${MAPAE}; ${command}`], {
      env: { ...env, NODE: process.execPath },
      cwd: REPOSITORY,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
    return { stdout, stderr, code };
  }

  const made = await run(make);
  assert.equal(made.code, 0, made.stderr);
  assert.match(made.stdout, /^A whole bundle\n {2}network {2}local\n/);
  await network.stop();
  await assert.rejects(fetch(network.nodeUrl));
  assert.match((await run(verify)).stdout, /^Proven\.\n/);
  for (const gate of gates) {
    const { stdout, stderr, code } = await run(gate);
    assert.equal(code, 0, stderr);
    const { outcome, reason } = JSON.parse(String(stdout)) as { outcome: string; reason: string };
    assert.equal(`${outcome}: ${reason}`, gate.verdict, gate.command ?? "");
  }
});
