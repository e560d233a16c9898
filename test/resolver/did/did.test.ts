import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatDid, isMapaeDid, parseDid } from "../../../resolver/did/did.ts";
import { MAX_DID_URL_LENGTH, splitDidUrl } from "../../../resolver/did/did-url.ts";
import { type ErrorCode, ResolutionError } from "../../../resolver/errors.ts";
import type { Address } from "../../../resolver/primitives/hex.ts";
import { runs } from "../../helpers/property.ts";
import invalid from "../../vectors/invalid/dids.json" with { type: "json" };
import valid from "../../vectors/valid/dids.json" with { type: "json" };

function refusal(text: string): ResolutionError {
  try {
    parseDid(text);
  } catch (error) {
    assert(error instanceof ResolutionError, `${JSON.stringify(text)} threw ${error}`);
    return error;
  }
  return assert.fail(`${JSON.stringify(text)} was read`);
}

test("a DID is read into its network and address, and those make it again", () => {
  for (const { did, network, address } of valid.dids) {
    assert.deepEqual(parseDid(did), { did, network, address });
    assert.equal(formatDid(network, address as Address), did);
    assert.equal(isMapaeDid(did), true);
  }
});

for (const { did, reason, code, didYouMean } of invalid.dids as InvalidDid[]) {
  test(`${JSON.stringify(did)} is refused: ${reason}`, () => {
    const error = refusal(did);
    assert.equal(error.code, code);
    assert.equal(/did you mean (\S+)\?$/.exec(error.message)?.[1], didYouMean);
    if (code === "INVALID_DID") assert(error.message.includes(`got ${JSON.stringify(did.slice(0, 120))}`));
    assert.doesNotMatch(error.message, /\p{Cc}/u);
    assert.equal(isMapaeDid(did), false);
  });
}

interface InvalidDid {
  readonly did: string;
  readonly reason: string;
  readonly code: ErrorCode;
  readonly didYouMean?: string;
}

test("a spelling that is shown as right is right", () => {
  for (const { didYouMean } of invalid.dids as InvalidDid[]) {
    if (didYouMean !== undefined) assert.equal(parseDid(didYouMean).did, didYouMean);
  }
});

const hexDigits = (length: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });
const letter = fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz");
const label = fc.tuple(letter, fc.string({ unit: fc.oneof(letter, fc.constantFrom(..."0123456789")), maxLength: 15 }));
const network = fc.oneof(
  fc.constant("local"),
  fc.tuple(label, hexDigits(8)).map(([[first, rest], digits]) => `${first}${rest}-${digits}`),
);
const address = hexDigits(40).map((digits): Address => `0x${digits}`);

test("every network and address make a DID that is read into the same", () => {
  fc.assert(
    fc.property(network, address, (network, address) => {
      const did = formatDid(network, address);
      assert.deepEqual(parseDid(did), { did, network, address });
    }),
    runs(1_000),
  );
});

test("a DID in any other case is refused with the right spelling", () => {
  fc.assert(
    fc.property(network, address, fc.func(fc.boolean()), (network, address, isUpper) => {
      const did = formatDid(network, address);
      const other = [...did].map((one, index) => (isUpper(index) ? one.toUpperCase() : one)).join("");
      fc.pre(other !== did);
      assert(refusal(other).message.endsWith(`did you mean ${did}?`));
    }),
    runs(500),
  );
});

test("any text is a DID or refused, and one that is nearly a DID is refused", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.string({ unit: fc.constantFrom("did", "mapae", "local", ":", "0x", "a", "F", "%41", "%", "-", "\u0000", "#") }),
  );
  const nearly = fc
    .tuple(fc.constantFrom(...valid.dids), fc.nat({ max: 60 }), fc.string({ unit: "binary", maxLength: 1 }))
    .map(([{ did }, at, one]) => did.slice(0, at) + one + did.slice(at + 1));
  fc.assert(
    fc.property(fc.oneof(text, nearly), (text) => {
      try {
        assert.equal(formatDid(parseDid(text).network, parseDid(text).address), text);
      } catch (error) {
        assert(error instanceof ResolutionError, `threw ${error}`);
      }
    }),
    runs(5_000),
  );
});

test("a text that is too long is refused before it is looked at, and no message is long", () => {
  const atLimit = `did:mapae:${"a".repeat(MAX_DID_URL_LENGTH - 10)}`;
  assert.match(refusal(atLimit).message, /^This is no DID of the method mapae: /);
  assert.equal(refusal(`${atLimit}a`).message, "A DID has at most 2048 characters, got 2049");
  for (const one of ["%", "%41", ":", "A", "\u0000", "\ud800", "a:"]) {
    const text = `did:mapae:${one.repeat(MAX_DID_URL_LENGTH)}`.slice(0, MAX_DID_URL_LENGTH);
    assert(refusal(text).message.length < 1_000);
  }
  // Read in time that grows with the length alone: millions of characters are refused by their number.
  assert.equal(refusal("did:a:".repeat(1_000_000)).code, "INVALID_DID");
});

test("a DID URL is cut at its first path, query and fragment", () => {
  const did = "did:mapae:local:0x00";
  const parts = { did, path: "", query: "", fragment: "" };
  assert.deepEqual(splitDidUrl(did), parts);
  assert.deepEqual(splitDidUrl(`${did}#a?b/c`), { ...parts, fragment: "#a?b/c" });
  assert.deepEqual(splitDidUrl(`${did}?a/b?c#d`), { ...parts, query: "?a/b?c", fragment: "#d" });
  assert.deepEqual(splitDidUrl(`${did}/a/b?c#d`), { did, path: "/a/b", query: "?c", fragment: "#d" });
  assert.deepEqual(splitDidUrl(""), { ...parts, did: "" });
  assert.throws(() => splitDidUrl("a".repeat(MAX_DID_URL_LENGTH + 1)), {
    code: "INVALID_DID_URL",
    message: "A DID URL has at most 2048 characters, got 2049",
  });
});

test("the parts of any DID URL are the whole of it", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", ":", "/", "?", "#") }), (rest) => {
      // A second mark of a fragment is in no URL.
      fc.pre(rest.split("#").length < 3);
      // Nor does a DID end with a colon.
      fc.pre(!/^[a:]*:[/?#]/.test(rest));
      // A URL begins with a DID: what begins with a mark, such as "?", is refused as none.
      const text = `did:mapae:local:0x00${rest}`;
      const { did, path, query, fragment } = splitDidUrl(text);
      assert.equal(did + path + query + fragment, text);
      assert.match(did, /^did:mapae:local:0x00[a:]*$/);
      assert.doesNotMatch(did, /[/?#]/);
      assert.match(path, /^(\/[^?#]*)?$/);
      assert.match(query, /^(\?[^#]*)?$/);
      assert.match(fragment, /^(#.*)?$/);
    }),
    runs(1_000),
  );
});
