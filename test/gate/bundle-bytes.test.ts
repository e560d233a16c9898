import assert from "node:assert/strict";
import { before, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { BUNDLE_BOUNDS, bundleOf, readBundle, writeBundle } from "../../resolver/proofs/bundle.ts";
import { runs } from "../helpers/property.ts";
import { describeEnvelope } from "./describe-state.ts";
import { type GateStage, gateOf, gateStage } from "./stage.ts";

let stage: GateStage;
let good: Uint8Array;
let wanted: Awaited<ReturnType<typeof describeEnvelope>>;

/** How many bytes of the JSON are altered: all of them take minutes. */
const ALTERED = Number(process.env.MAPAE_MUTATIONS ?? 1_500);

before(async () => {
  stage = await gateStage();
  good = await stage.bytes();
  wanted = await describeEnvelope(stage, (await readBundle(good)).envelope);
});

/** What bytes prove, or by which code they are refused. */
async function outcome(bytes: Uint8Array): Promise<string | Awaited<ReturnType<typeof describeEnvelope>>> {
  try {
    return await describeEnvelope(stage, (await readBundle(bytes)).envelope);
  } catch (error) {
    const { code } = error as { code?: string };
    assert.match(String(code), /^PROOF_/, String((error as Error).stack));
    return String(code);
  }
}

/**
 * It proves of each subject what the good one does, or nothing. Where a DID that was never written became another one that was never
 * written either, that is proven, and true.
 */
async function expectNothingElse(bytes: Uint8Array, what: string): Promise<void> {
  const got = await outcome(bytes);
  if (typeof got === "string") return;
  const { asOf, subjects } = got;
  assert.deepEqual(asOf, wanted.asOf, what);
  for (const one of subjects) {
    const known = wanted.subjects.find(({ kind, id }) => kind === one.kind && id === one.id);
    assert.deepEqual(one, known ?? { kind: one.kind, id: one.id, absent: true }, what);
  }
}

test("a written bundle is read back unchanged", async () => {
  const bundle = await readBundle(good);
  assert.deepEqual(await readBundle(await writeBundle(bundle)), bundle);
  assert.deepEqual(bundle.since, null);
});

test("a bundle with any byte altered proves the same, or is refused with an error code", async () => {
  for (const [at, byte] of good.entries()) {
    const altered = good.slice();
    altered[at] = byte ^ (1 << (at % 8));
    await expectNothingElse(altered, `byte ${at}`);
  }
});

test("a bundle with any byte of its JSON altered proves the same, or is refused with an error code", async () => {
  const json = gunzipSync(good);
  const every = ALTERED >= json.length;
  const alter = async (at: number, code: number) => {
    const altered = Buffer.from(json);
    altered[at] = code;
    await expectNothingElse(gzipSync(altered, { level: 1 }), `byte ${at} as ${code}`);
  };
  if (every) {
    for (let at = 0; at < json.length; at++) await alter(at, 0x30 + (at % 10));
  }
  await fc.assert(
    fc.asyncProperty(fc.nat(json.length - 1), fc.integer({ min: 0x20, max: 0x7e }), alter),
    runs(every ? 1_000 : ALTERED),
  );
});

test("a bundle that is cut off, empty, no gzip, no JSON or of another format is refused by name", async () => {
  const gzip = (value: unknown) => gzipSync(JSON.stringify(value));
  const bundle = await readBundle(good);
  const wrong = [
    new Uint8Array(),
    new Uint8Array(17),
    Buffer.from("this is no gzip at all, but text"),
    good.slice(0, good.length - 1),
    Buffer.concat([good, Buffer.of(0)]),
    gzipSync("no JSON"),
    gzipSync('{"format":"mapae-bundle","format":"mapae-bundle"}'),
    gzip({ ...bundle, version: 2 }),
    gzip({ ...bundle, format: "other" }),
    gzip({ ...bundle, since: { number: -1, hash: "0x" } }),
    gzip({ ...bundle, more: 1 }),
    gzip({ ...bundle, envelope: {} }),
    gzip(`${"[".repeat(65)}${"]".repeat(65)}`),
    gzipSync(`${"[".repeat(65)}${"]".repeat(65)}`),
  ];
  for (const bytes of wrong) await assert.rejects(readBundle(bytes), { code: "PROOF_FORMAT" });
  await assert.rejects(readBundle(good.slice(0, 500)), {
    code: "PROOF_FORMAT",
    message: /is it cut off\?|no JSON in gzip/,
  });
  // The last four bytes are not its length.
  const text = new TextEncoder().encode("This is a text and no bundle, long enough for a gzip");
  await assert.rejects(readBundle(text), { code: "PROOF_FORMAT", message: /it is no gzip/ });
});

test("a bundle that inflates to more than is read, or than it says, is refused before it does", async () => {
  const bomb = gzipSync(Buffer.alloc(BUNDLE_BOUNDS.json + 1));
  await assert.rejects(readBundle(bomb), { code: "PROOF_FORMAT" });
  // Its length field is smaller than its content.
  bomb.writeUInt32LE(100, bomb.length - 4);
  const before = process.memoryUsage().arrayBuffers;
  await assert.rejects(readBundle(bomb), { code: "PROOF_FORMAT" });
  assert.ok(process.memoryUsage().arrayBuffers - before < 8_388_608, "memory grew");
  await assert.rejects(readBundle(new Uint8Array(BUNDLE_BOUNDS.bytes + 1)), { code: "PROOF_FORMAT" });
});

test("a bundle of another network is refused", async () => {
  const { envelope } = await readBundle(good);
  const { gate } = await gateOf(stage);
  const { reason } = await gate.importBundle(await writeBundle(bundleOf({ ...envelope, network: "gov-00000000" })));
  assert.equal(reason, "PROOF_OTHER_NETWORK");
});
