import assert from "node:assert/strict";
import { mkdir, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { before, test } from "node:test";
import { memoryStore } from "../../gate/gate-store.ts";
import { parseGatePolicy } from "../../gate/policy.ts";
import { type FedBundle, feed } from "../../gate/service/feed.ts";
import { BundleFolder, MAX_FILES } from "../../gate/sources/folder.ts";
import { BundleUrl, WHOLE_EVERY } from "../../gate/sources/url.ts";
import { BUNDLE_BOUNDS, type Bundle, bundleOf, readBundle, writeBundle } from "../../resolver/proofs/bundle.ts";
import { temporaryFolder } from "../cli/harness.ts";
import { TYPE_URI } from "../helpers/registries.ts";
import { AUDIENCE, type GateStage, gateOf, gateStage, INDEX, NONCE, POLICY } from "./stage.ts";

let stage: GateStage;
let full: Uint8Array;
let later: Uint8Array;
let delta: Uint8Array;

before(async () => {
  stage = await gateStage();
  full = await stage.bytes();
  const number = (await stage.reader.header("latest"))?.number as number;
  await stage.revoke(INDEX.later);
  later = await stage.bytes();
  delta = await stage.bytes({ since: number });
});

async function fed(sources: { folder?: BundleFolder; url?: BundleUrl }) {
  const { gate, clock } = await gateOf(stage);
  const reported: FedBundle[] = [];
  const look = async () => {
    reported.length = 0;
    await feed({ gate, ...sources, onBundle: (one) => void reported.push(one) });
    return reported.map(({ from, reason }) => `${from} ${reason}`);
  };
  return { gate, clock, look };
}

test("bundles on a USB stick are each read once, in the order of their blocks, whatever their names", async (t) => {
  const home = await temporaryFolder(t);
  const stick = join(home, "stick");
  const { look, gate } = await fed({ folder: new BundleFolder(stick) });
  assert.deepEqual(await look(), []);
  await mkdir(stick);
  await writeFile(join(stick, "a.bundle"), delta);
  await writeFile(join(stick, "b.bundle"), full);
  await writeFile(join(stick, "c.bundle"), "no bundle");
  await writeFile(join(stick, "readme.txt"), "not looked at");
  await writeFile(join(home, "secret.bundle"), full);
  await symlink(join(home, "secret.bundle"), join(stick, "d.bundle"));
  await mkdir(join(stick, "e.bundle"));
  assert.deepEqual(await look(), ["b.bundle newer", "a.bundle newer", "c.bundle PROOF_FORMAT"]);
  assert.deepEqual(await look(), []);
  await rename(stick, `${stick}-out`);
  assert.deepEqual(await look(), []);
  await rename(`${stick}-out`, stick);
  await rm(join(stick, "c.bundle"));
  assert.deepEqual(await look(), ["b.bundle heldBefore", "a.bundle same"]);
  assert.equal(gate.status().alarms, 0);
});

/** A node that has a bundle and a delta, and counts what it sends. */
async function serve(
  t: { after(end: () => void): void },
  answers: { since: () => { status: number; bytes?: Uint8Array }; whole: Uint8Array },
) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = request.url ?? "";
    asked.push(
      `${url.includes("since=") ? "since" : "whole"}${request.headers["if-none-match"] === undefined ? "" : " tag"}`,
    );
    if (url.includes("since=")) {
      const { status, bytes } = answers.since();
      return void response.writeHead(status).end(bytes);
    }
    const etag = answers.whole === full ? '"full"' : '"later"';
    if (request.headers["if-none-match"] === etag) return void response.writeHead(304).end();
    response.writeHead(200, { etag }).end(answers.whole);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/bundles` };
}

test("a gate fetches a bundle from a node once, then deltas, and a bundle again when a delta does not fit", async (t) => {
  let since: { status: number; bytes?: Uint8Array } = { status: 204 };
  const answers = { since: () => since, whole: full };
  const { url, asked } = await serve(t, answers);
  const { look } = await fed({ url: new BundleUrl({ url: `${url}?types=a` }) });
  assert.deepEqual(await look(), ["url newer"]);
  assert.deepEqual(await look(), []);
  since = { status: 200, bytes: delta };
  assert.deepEqual(await look(), ["url newer"]);
  // It went on from a block that this gate does not have.
  answers.whole = later;
  const other = await fed({ url: new BundleUrl({ url: `${url}?types=a` }) });
  assert.deepEqual(await other.look(), ["url newer"]);
  assert.deepEqual(asked, ["whole", "since", "since", "whole"]);
});

test("a URL of a single file is requested with its ETag", async (t) => {
  const { url, asked } = await serve(t, { since: () => ({ status: 500 }), whole: full });
  const { gate } = await gateOf(stage);
  const source = new BundleUrl({ url });
  assert.equal((await gate.importBundle((await source.fetch()) as Uint8Array)).reason, "newer");
  assert.equal(await source.fetch(), undefined);
  assert.deepEqual(asked, ["whole", "whole tag"]);
});

test("a server that fails, redirects, sends too much or is unreachable changes nothing, and is reported", async (t) => {
  for (const respond of [
    () => new Response(null, { status: 500 }),
    () => new Response(new Uint8Array(BUNDLE_BOUNDS.bytes + 1)),
    () => {
      throw new TypeError("fetch failed");
    },
  ]) {
    const { look, gate } = await fed({
      url: new BundleUrl({ url: "https://node.example/bundles", fetch: async () => respond() }),
    });
    assert.deepEqual(await look(), ["url BUNDLE_FETCH"]);
    assert.equal(gate.status().asOf, null);
  }
  const server = createServer((_, response) =>
    response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
  ).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  t.after(() => void server.close());
  const { look } = await fed({
    url: new BundleUrl({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }),
  });
  assert.deepEqual(await look(), ["url BUNDLE_FETCH"]);
});

test("a bundle that came while the clock was behind is accepted from the same file and the same URL once the clock is right", async (t) => {
  const stick = await temporaryFolder(t);
  await writeFile(join(stick, "a.bundle"), full);
  const { url, asked } = await serve(t, { since: () => ({ status: 204 }), whole: full });
  for (const source of [{ folder: new BundleFolder(stick) }, { url: new BundleUrl({ url }) }]) {
    const { look, clock } = await fed(source);
    const right = clock.now;
    clock.now = 0;
    assert.match(String(await look()), /PROOF_FUTURE$/);
    clock.now = right;
    assert.match(String(await look()), /newer$/);
    assert.deepEqual(await look(), []);
  }
  assert.deepEqual(asked, ["whole", "whole", "whole tag"]);
});

test("a gate whose policy has a type that its bundle lacks fetches a whole bundle, since a delta adds no type", async (t) => {
  const store = memoryStore();
  const former = await gateOf(stage, { store });
  assert.equal((await former.gate.importBundle(full)).reason, "newer");
  const types = { ...POLICY.types, "https://types.example/other": POLICY.types[TYPE_URI] };
  const { gate } = await gateOf(stage, { store, policy: parseGatePolicy({ audience: AUDIENCE, types }) });
  const answers = { since: () => ({ status: 200, bytes: delta }), whole: full };
  const { url, asked } = await serve(t, answers);
  // It has a whole one of today.
  const source = new BundleUrl({ url: `${url}?types=a` });
  await source.fetch();
  answers.whole = later;
  await feed({ gate, url: source, onBundle: () => {} });
  assert.deepEqual(asked, ["whole", "whole tag"]);
});

test("whatever a delta is refused for, a whole bundle is fetched in its place", async (t) => {
  const { envelope, since } = await readBundle(delta);
  const refused: [Bundle["envelope"], string][] = [
    [{ ...envelope, attestations: [] }, "PROOF_QUORUM"],
    [{ ...envelope, nodes: [...envelope.nodes, `0x${"00".repeat(2_000)}`] }, "PROOF_NODE"],
    [{ ...envelope, nodes: [] }, "PROOF_NODE_MISSING"],
  ];
  for (const [altered, reason] of refused) {
    const bytes = await writeBundle(bundleOf(altered, since));
    const answers = { since: () => ({ status: 200, bytes }), whole: full };
    const { url } = await serve(t, answers);
    const { look } = await fed({ url: new BundleUrl({ url: `${url}?types=a` }) });
    assert.deepEqual(await look(), ["url newer"]);
    answers.whole = later;
    assert.deepEqual(await look(), [`url ${reason}`, "url newer"]);
  }
});

test("the files of a folder are read one after the other, so that a stick full of large files fills no memory", async (t) => {
  const stick = await temporaryFolder(t);
  for (const name of ["a", "b"]) await writeFile(join(stick, `${name}.bundle`), full);
  const names: string[] = [];
  for await (const { name } of new BundleFolder(stick).look()) {
    names.push(name);
    await rm(join(stick, "b.bundle"));
  }
  assert.deepEqual(names, ["a.bundle"]);
});

test("a gate whose first bundle was stripped has every issuer again at its first look at a node, and a whole bundle once a day", async (t) => {
  const { envelope } = await readBundle(full);
  const stripped = { ...envelope, subjects: envelope.subjects.filter(({ kind }) => kind === "type") };
  delete stripped.accreditations;
  const { url, asked } = await serve(t, { since: () => ({ status: 204 }), whole: full });
  const times = { now: 1_000_000 };
  const source = new BundleUrl({ url: `${url}?types=a`, now: () => times.now });
  const { look, gate, clock } = await fed({ url: source });
  const shown = async () => {
    const credential = await stage.presented(INDEX.valid, { at: clock.now });
    return (await gate.check({ credential, nonce: NONCE })).reason;
  };
  assert.equal((await gate.importBundle(await writeBundle(bundleOf(stripped)))).reason, "newer");
  assert.equal(await shown(), "issuerNotInBundle");
  assert.deepEqual(await look(), ["url newer"], "of the same block");
  assert.equal(await shown(), "fresh");
  times.now += WHOLE_EVERY - 1;
  assert.deepEqual(await look(), []);
  times.now += 1;
  assert.deepEqual([await look(), await look()], [[], []]);
  times.now -= 2 * WHOLE_EVERY;
  assert.deepEqual(await look(), []);
  assert.deepEqual(asked, ["whole", "since", "whole tag", "since", "whole tag"]);
});

test("a file that is longer than a bundle can be is reported once, and not read again and again", async (t) => {
  const stick = await temporaryFolder(t);
  const path = join(stick, "a.bundle");
  await writeFile(path, "");
  await truncate(path, BUNDLE_BOUNDS.bytes + 1);
  await writeFile(join(stick, "b.bundle"), full);
  const { look } = await fed({ folder: new BundleFolder(stick) });
  assert.deepEqual(await look(), ["a.bundle BUNDLE_TOO_LONG", "b.bundle newer"]);
  assert.deepEqual(await look(), []);
  await truncate(path, 10);
  assert.deepEqual(await look(), ["a.bundle PROOF_FORMAT"]);
});

test("a node behind the gate's block raises no alarm when a whole bundle is due, and is asked for it again", async () => {
  const whole = { bytes: full, block: 0 };
  const asked: string[] = [];
  const answer = async (url: string) => {
    asked.push(url.includes("since=") ? "since" : "whole");
    return new Response(whole.bytes.slice(), { headers: { "mapae-as-of": `${whole.block} 0x 2026-11-30T00:00:00Z` } });
  };
  const { look, gate } = await fed({
    url: new BundleUrl({ url: "https://node.example/bundles?types=a", fetch: answer }),
  });
  assert.equal((await gate.importBundle(later)).reason, "newer");
  const held = gate.status().asOf?.number as number;
  whole.block = held - 1;
  assert.deepEqual([await look(), gate.status().alarms], [[], 0]);
  Object.assign(whole, { bytes: later, block: held });
  assert.deepEqual(await look(), ["url same"]);
  assert.deepEqual(asked, ["whole", "whole"]);
});

test("of a folder with more files than one look reads, each look reads the next ones", async (t) => {
  const stick = await temporaryFolder(t);
  const names = Array.from({ length: MAX_FILES + 1 }, (_, at) => `${1_000 + at}.bundle`);
  for (const name of names) await writeFile(join(stick, name), "no bundle");
  const { look } = await fed({ folder: new BundleFolder(stick) });
  const all = names.map((name) => `${name} PROOF_FORMAT`);
  assert.deepEqual([await look(), await look(), await look()], [all.slice(0, -1), all.slice(-1), []]);
});

test("a whole bundle that is refused is fetched once in each look", async () => {
  let asked = 0;
  const answer = async () => {
    asked += 1;
    return new Response("no bundle");
  };
  const { look } = await fed({ url: new BundleUrl({ url: "https://node.example/bundles?types=a", fetch: answer }) });
  assert.deepEqual([await look(), await look()], [["url PROOF_FORMAT"], ["url PROOF_FORMAT"]]);
  assert.equal(asked, 2);
});
