import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { test } from "node:test";
import { run } from "../../../cli/main.ts";
import { type Bundle, readBundle, writeBundle } from "../../../resolver/proofs/bundle.ts";
import { answerOf, errorOf, mapae, temporaryFolder } from "../harness.ts";

// The worked example of docs/offline.md at the command line: there is no chain and no node.

const vector = JSON.parse(await readFile(new URL("../../vectors/bundles/attested.json", import.meta.url), "utf8"));
const FOREVER = 3_000_000_000;

async function setUp(t: Parameters<typeof temporaryFolder>[0]) {
  const folder = await temporaryFolder(t);
  const file = (name: string) => join(folder, name);
  const put = async (name: string, bundle: Bundle) => writeFile(file(name), await writeBundle(bundle));
  const [type = ""] = Object.keys(vector.policy.types);
  const types = { [type]: { freshFor: FOREVER, denyAfter: FOREVER, keyBinding: false } };
  const policy = { audience: vector.policy.audience, clockMaxAhead: FOREVER, types };
  await writeFile(file("network.json"), JSON.stringify(vector.network));
  await writeFile(file("policy.json"), JSON.stringify(policy));
  await put("day.bundle", vector.bundle);
  await put("next.bundle", vector.delta);
  const { envelope } = vector.bundle;
  await put("bad.bundle", {
    ...vector.bundle,
    envelope: { ...envelope, attestations: envelope.attestations.slice(1) },
  });
  await writeFile(file("none.bundle"), "no bundle");
  return { file, type, env: { MAPAE_NETWORK: file("network.json"), MAPAE_HOME: folder } };
}

test("bundle show prints a bundle's content, and the descriptor alone proves it, also with its delta", async (t) => {
  const { file, type, env } = await setUp(t);
  const shown = await answerOf<Record<string, unknown>>(["bundle", "show", file("day.bundle")], env);
  assert.deepEqual(
    [shown.network, shown.since, shown.types, shown.issuers, shown.lists],
    ["local", null, [type], 2, 1],
  );
  const proven = await answerOf<Record<string, unknown>>(["bundle", "verify", file("day.bundle")], env);
  assert.deepEqual([proven.proven, proven.block], [true, shown.block]);
  const both = await answerOf<Record<string, unknown>>(
    ["bundle", "verify", file("day.bundle"), file("next.bundle")],
    env,
  );
  assert.ok((both.block as number) > (shown.block as number));
  const { stdout } = await mapae(["bundle", "show", file("next.bundle")], env);
  assert.match(stdout, new RegExp(`^A delta since block ${shown.block}\n`));
});

test("an unproven bundle is refused with exit code 5, a file that is no bundle with 2", async (t) => {
  const { file, env } = await setUp(t);
  const outcome = async (...names: string[]) => {
    const { code, exitCode } = errorOf(await mapae(["bundle", "verify", ...names.map(file), "--json"], env));
    return [code, exitCode];
  };
  assert.deepEqual(await outcome("bad.bundle"), ["NOT_TRUSTED", 5]);
  assert.deepEqual(await outcome("next.bundle"), ["NOT_TRUSTED", 5]);
  assert.deepEqual(await outcome("day.bundle", "day.bundle"), ["NOT_TRUSTED", 5]);
  assert.deepEqual(await outcome("none.bundle"), ["INVALID_INPUT", 2]);
  assert.deepEqual(await outcome("missing.bundle"), ["INVALID_INPUT", 2]);
});

test("a delta that lacks an event of the bundle's types is refused with what to do", async (t) => {
  const { file, env } = await setUp(t);
  const delta = await readBundle(await readFile(file("next.bundle")));
  const subjects = delta.envelope.subjects.map(({ events, ...one }) => ({ ...one, events: events.slice(0, -1) }));
  await writeFile(file("less.bundle"), await writeBundle({ ...delta, envelope: { ...delta.envelope, subjects } }));
  const refused = errorOf(await mapae(["bundle", "verify", file("day.bundle"), file("less.bundle"), "--json"], env));
  assert.match(
    refused.message,
    /less\.bundle is not proven \(PROOF_HISTORY\): .*same types only: else make a whole bundle$/,
  );
});

test("bundle make needs a reachable node, and a block number for --since", async (t) => {
  const { env, file } = await setUp(t);
  const make = async (...args: string[]) =>
    errorOf(await mapae(["bundle", "make", "--out", file("x"), ...args, "--json"], env)).code;
  assert.equal(await make("--node", "http://127.0.0.1:1"), "UNAVAILABLE");
  assert.equal(await make("--node", "ftp://127.0.0.1"), "USAGE");
  assert.equal(await make("--since", "yesterday"), "INVALID_INPUT");
});

/** Runs a gate on some lines, and returns its decisions and its messages about bundles. */
async function gate(env: Record<string, string>, args: readonly string[], lines: readonly string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const text = { stdout: "", stderr: "" };
  stdout.on("data", (chunk) => (text.stdout += chunk));
  stderr.on("data", (chunk) => (text.stderr += chunk));
  const terminal = { env, stdin: Readable.from(lines.map((line) => `${line}\n`)), stdout, stderr };
  const code = await run(["gate", ...args], terminal);
  const parsed = (all: string) => all.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line)] : []));
  return { code, decisions: parsed(text.stdout), bundles: parsed(text.stderr), stderr: text.stderr };
}

test("a gate decides about each line by its bundles, and still has them after a restart", async (t) => {
  const { env, file } = await setUp(t);
  const base = ["--policy", file("policy.json"), "--data", file("gate")];
  const named = (name: string) => vector.credentials.find((one: { name: string }) => one.name === name).credential;
  const lines = ["revoked", "suspended", "valid", "later"].map(named);
  const reasons = ({ decisions }: { decisions: { outcome: string; reason: string }[] }) =>
    decisions.map(({ outcome, reason }) => `${outcome} ${reason}`);
  assert.deepEqual(reasons(await gate(env, base, lines)), Array(4).fill("deny noBundle"));
  const first = await gate(env, [...base, "--bundle", file("day.bundle"), "--bundle", file("bad.bundle")], lines);
  assert.deepEqual(reasons(first), ["deny revoked", "deny suspended", "admit fresh", "admit fresh"]);
  assert.deepEqual(
    first.bundles.map(({ bundle }) => bundle.reason),
    ["newer", "same"],
  );
  const second = await gate(env, [...base, "--bundle", file("next.bundle")], lines);
  assert.deepEqual(reasons(second), ["deny revoked", "deny suspended", "admit fresh", "deny revoked"]);
  assert.deepEqual(reasons(await gate(env, base, lines)), reasons(second));
});

test("a gate with a wrong configuration says what to change", async (t) => {
  const { env, file } = await setUp(t);
  const base = ["--data", file("gate"), "--policy"];
  await writeFile(file("wrong.json"), "{}");
  assert.match((await gate(env, [...base, file("wrong.json")], [])).stderr, /audience/);
  assert.equal((await gate(env, [...base, file("missing.json")], [])).code, 2);
  assert.equal((await gate(env, [...base, file("policy.json"), "--port", "70000"], [])).code, 2);
  assert.equal((await gate(env, [...base, file("policy.json"), "--bundle", file("missing")], [])).code, 2);
});
