import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { ed25519 } from "@noble/curves/ed25519.js";
import { p256 } from "@noble/curves/nist.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import fc from "fast-check";
import { encodeAttributeName, encodeChanges } from "../../../cli/did/change.ts";
import { parseKey, setKey } from "../../../cli/did/key-input.ts";
import { parseService, setService } from "../../../cli/did/service-input.ts";
import { readStdin } from "../../../cli/files/files.ts";
import { INTERFACES } from "../../../cli/transaction/interfaces.ts";
import { parseDuration, parsePause } from "../../../cli/values/duration.ts";
import { parseTime } from "../../../cli/values/time.ts";
import { keyName, publicJwk, readAttribute } from "../../../resolver/index.ts";

const secret = fc.uint8Array({ minLength: 32, maxLength: 32 }).filter((bytes) => bytes[0] !== 0 && bytes[0] !== 255);
const keys = fc.oneof(
  secret.map((bytes) => publicJwk("P256", p256.getPublicKey(bytes))),
  secret.map((bytes) => publicJwk("Secp256k1", secp256k1.getPublicKey(bytes))),
  secret.map((bytes) => publicJwk("Ed25519", ed25519.getPublicKey(bytes))),
  secret.map((bytes) => publicJwk("X25519", bytes)),
  fc.uint8Array({ minLength: 1_952, maxLength: 1_952 }).map((bytes) => publicJwk("MLDSA65", bytes)),
);

test("any public JWK comes back from the attribute that the command line writes for it", () => {
  fc.assert(
    fc.property(keys, (jwk) => {
      assert(jwk);
      const purpose = keyName(jwk) === "X25519" ? "keyAgreement" : "assertion";
      const change = setKey(parseKey({ ...jwk, kid: "1", use: "sig" }), purpose, 60);
      assert(change.kind === "setAttribute");
      const wanted = { kind: "key", jwk, purpose: purpose === "assertion" ? "veriKey" : "enc" };
      assert.deepEqual(readAttribute(change), wanted);
    }),
    { numRuns: 60 },
  );
});

test("a JWK with any private member is refused whatever the member holds", () => {
  const jwk = publicJwk("P256", p256.getPublicKey(new Uint8Array(32).fill(7)));
  for (const member of ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]) {
    assert.throws(() => parseKey({ ...jwk, [member]: null }), { code: "INVALID_INPUT", message: /private key/ });
  }
});

test("a JWK whose y belongs to another point is refused", () => {
  const one = publicJwk("P256", p256.getPublicKey(new Uint8Array(32).fill(7)));
  const other = publicJwk("P256", p256.getPublicKey(new Uint8Array(32).fill(8)));
  assert(one?.kty === "EC" && other?.kty === "EC");
  assert.throws(() => parseKey({ ...one, y: other.y }), { code: "INVALID_INPUT", message: /no key of P-256/ });
});

test("any service comes back from the attribute that the command line writes for it", () => {
  const word = fc.stringMatching(/^[A-Za-z0-9_]{1,11}$/).filter((text) => text !== "controller");
  fc.assert(
    fc.property(word, fc.option(word, { nil: undefined }), fc.webUrl(), (type, fragment, endpoint) => {
      const text = `${type}${fragment === undefined ? "" : `/${fragment}`}=${endpoint}`;
      const change = setService(parseService(text), 60);
      assert(change.kind === "setAttribute");
      const read = readAttribute(change);
      assert(read?.kind === "service");
      assert.deepEqual([read.type, read.endpoint], [type, endpoint]);
      if (fragment !== undefined) assert.equal(read.fragment, fragment);
    }),
    { numRuns: 60 },
  );
});

test("a name of 32 bytes fills the word, one of 33 or with another character is refused", () => {
  assert.equal(encodeAttributeName("a".repeat(32)), `0x${"61".repeat(32)}`);
  for (const name of ["", "a".repeat(33), "did/svc/A B", "did/svc/é"]) {
    assert.throws(() => encodeAttributeName(name), { code: "INVALID_INPUT" });
  }
});

test("durations are seconds, minutes, hours and days", () => {
  assert.deepEqual(["0s", "90s", "15m", "12h", "365d"].map(parseDuration), [0, 90, 900, 43_200, 31_536_000]);
  for (const text of ["", "1", "d", "1w", "1.5d", "-1d", "1 d", "9999999999s"]) {
    assert.throws(() => parseDuration(text), { code: "INVALID_INPUT" });
  }
});

test("a pause is one that a timer keeps: a shorter or longer one would repeat without a pause", () => {
  assert.deepEqual(["1s", "60s", "24d", "2147483s"].map(parsePause), [1, 60, 2_073_600, 2_147_483]);
  for (const text of ["0s", "0d", "2147484s", "25d", "30d", "999999999d"]) {
    assert.throws(() => parsePause(text), { code: "INVALID_INPUT", message: /from 1s to 24d/ }, text);
  }
});

test("a moment is a day that exists, with a time of it or its beginning in UTC", () => {
  const day = Date.UTC(2028, 1, 29) / 1_000;
  for (const [text, time] of [
    ["2028-02-29", day],
    ["2028-02-29T09:30Z", day + 34_200],
    ["2028-02-29T09:30:01Z", day + 34_201],
    ["2028-02-29T09:30:01+09:00", day + 1_801],
    ["1970-01-01", 0],
  ] as const) {
    assert.equal(parseTime(text), time, text);
  }
  const others = [
    "2026-02-29",
    "2026-02-30T00:00:00Z",
    "2026-04-31",
    "2026-13-01",
    "2026-01-01T24:00:00Z",
    "1969-12-31",
  ];
  for (const text of [...others, "2026", "2026-01-01T09:00", "2026-01-01T09:00:00", "2026-01-01T09:00:00.5Z", ""]) {
    assert.throws(() => parseTime(text), { code: "INVALID_INPUT" }, text);
  }
});

test("one change is a plain call, several are one multicall", () => {
  const identity = `0x${"1".repeat(40)}` as const;
  const change = { kind: "changeOwner", owner: `0x${"2".repeat(40)}` } as const;
  assert.equal(INTERFACES.did.parseTransaction({ data: encodeChanges(identity, [change]) })?.name, "changeOwner");
  const several = INTERFACES.did.parseTransaction({ data: encodeChanges(identity, [change, change]) });
  assert.equal(several?.name, "multicall");
  assert.equal(several.args[0].length, 2);
});

test("standard input is read to its end, up to a limit", async () => {
  const bounds = { what: "credential", maxBytes: 10 };
  assert.equal(await readStdin(Readable.from([Buffer.from("행"), "정부"]), bounds), "행정부");
  await assert.rejects(readStdin(Readable.from([Buffer.of(0xff)]), bounds), {
    code: "INVALID_INPUT",
    message: /UTF-8/,
  });
  let given = 0;
  const endless = Readable.from(
    (function* () {
      for (;;) yield `${++given} `;
    })(),
    { highWaterMark: 1 },
  );
  await assert.rejects(readStdin(endless, bounds), { code: "INVALID_INPUT", message: /longer than 10 bytes/ });
  assert(given < 20 && endless.destroyed, `${given} parts were taken`);
});
