import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ResolutionError } from "../../../resolver/errors.ts";
import { readOptions } from "../../../resolver/resolution/options.ts";
import { dateTime } from "../../../resolver/resolution/resolve.ts";
import { runs } from "../../helpers/property.ts";

const read = (query: string) => readOptions(new URLSearchParams(query));

test("a query without options has none, and one that nobody knows is refused by its name", () => {
  assert.deepEqual(read(""), {});
  for (const query of ["versionid=1", "__proto__=1", "noCache=true&versionid=1", "versionId=x&versionid=1"]) {
    assert.throws(() => read(query), {
      code: "FEATURE_NOT_SUPPORTED",
      message: /^Got "(versionid|__proto__)", the options/,
    });
  }
});

test("flags are true or false, and the parts of a document are what may stand in a URL", () => {
  assert.deepEqual(read("noCache=true&expandRelativeUrls=false"), { noCache: true, expandRelativeUrls: false });
  assert.deepEqual(read("service=files&relativeRef=%2Fa%3Fb#c"), { service: "files", relativeRef: "/a?b#c" });
  assert.deepEqual(read("serviceType=Hub&relativeRef="), { serviceType: "Hub", relativeRef: "" });
  assert.deepEqual(read("verificationRelationship=x"), { verificationRelationship: "x" });
});

test("a relative reference never names a host or a scheme, nor holds what no URL does", () => {
  const refused = [
    "//evil",
    "//evil/a",
    "https://evil",
    "javascript:alert(1)",
    "a:b",
    "a\\b",
    "\\\\evil",
    "/a b",
    "/\r\n",
    "/\0",
    "/%",
    "/%zz",
    "/ä",
  ];
  for (const relativeRef of refused) {
    const query = new URLSearchParams({ service: "a", relativeRef });
    assert.throws(() => readOptions(query), { code: "INVALID_OPTIONS" }, JSON.stringify(relativeRef));
  }
  for (const relativeRef of ["", "/a", "a/b", "?q", "#f", "../..", "./a:b", "/a:b", "@evil", "/%2F%2Fevil"]) {
    assert.equal(readOptions(new URLSearchParams({ service: "a", relativeRef })).relativeRef, relativeRef);
  }
});

test("options that exclude or need each other are told so", () => {
  for (const query of ["versionId=1&versionTime=2027-01-15T08:00:00Z", "relativeRef=%2Fa"]) {
    assert.throws(() => read(query), { code: "INVALID_OPTIONS" });
  }
});

test("a version is a block number or a second", () => {
  assert.deepEqual(read("?versionId=0"), { versionId: 0 });
  assert.deepEqual(read("versionId=9007199254740991"), { versionId: Number.MAX_SAFE_INTEGER });
  assert.deepEqual(read("versionTime=2027-01-15T08:00:00Z"), { versionTime: 1_800_000_000 });
  assert.deepEqual(read("versionTime=2028-02-29T23%3A59%3A59Z"), { versionTime: 1_835_481_599 });
  assert.deepEqual(read("versionTime=1970-01-01T00:00:00Z"), { versionTime: 0 });
});

const wrong = {
  versionId: [
    "",
    "-1",
    "+1",
    "01",
    "1.0",
    "1e3",
    "0x10",
    " 1",
    "1\n",
    "latest",
    "9007199254740992",
    "1".repeat(400),
    "١",
  ],
  versionTime: [
    "",
    "now",
    "1800000000",
    "2027-01-15",
    "2027-01-15T08:00Z",
    "2027-01-15T08:00:00",
    "2027-01-15T08:00:00+00:00",
    "2027-01-15T08:00:00.000Z",
    "2027-01-15t08:00:00z",
    "2027-01-15 08:00:00Z",
    "2027-02-30T00:00:00Z",
    "2027-02-29T00:00:00Z",
    "2027-13-01T00:00:00Z",
    "2027-01-01T24:00:00Z",
    "2027-01-01T00:60:00Z",
    "2026-12-31T23:59:60Z",
    "+002027-01-01T00:00:00Z",
    "12027-01-01T00:00:00Z",
    "2027-01-15T08:00:00Z\n",
  ],
};

for (const [name, values] of Object.entries(wrong)) {
  test(`a ${name} that is none says what was got and what is wanted`, () => {
    for (const value of values) {
      assert.throws(
        () => read(new URLSearchParams({ [name]: value }).toString()),
        (error) => {
          assert(error instanceof ResolutionError, `${value}: ${error}`);
          assert.equal(error.code, "INVALID_OPTIONS");
          assert(error.message.startsWith(`${name} is ${JSON.stringify(value.slice(0, 100))}, wanted `));
          return true;
        },
      );
    }
  });
}

test("an option that comes twice is none, even the same", () => {
  for (const query of ["versionId=1&versionId=1", "versionTime=2027-01-15T08:00:00Z&versionTime="]) {
    assert.throws(() => read(query), { code: "INVALID_OPTIONS", message: /2 times, wanted it once/ });
  }
});

test("every second that a date can say is read back, and no text is anything else than read or refused", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), (time) => {
      assert.deepEqual(read(`versionTime=${dateTime(time)}`), { versionTime: time });
    }),
    runs(500),
  );
  fc.assert(
    fc.property(fc.constantFrom("versionId", "versionTime"), fc.string({ unit: "binary" }), (name, value) => {
      try {
        read(new URLSearchParams({ [name]: value }).toString());
      } catch (error) {
        assert(error instanceof ResolutionError);
      }
    }),
    runs(500),
  );
});
