import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { matchesTag } from "../../../../node/http/negotiation/entity-tags.ts";
import { runs } from "../../../helpers/property.ts";

/** The characters of a tag (RFC 9110, section 8.8.3): all that are visible, but for the quotation mark. */
const character = fc.oneof(
  fc.constantFrom(",", "*", " ", "/", "W"),
  fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code)),
);
const opaque = fc
  .array(character, { maxLength: 6 })
  .map((all) => `"${all.filter((one) => /[\x21\x23-\x7e\x80-\xff]/.test(one)).join("")}"`);
const tag = fc.tuple(fc.constantFrom("", "W/"), opaque).map((parts) => parts.join(""));
const separator = fc.constantFrom(",", ", ", " ,", ",,", " , ,\t");
const strong = (one: string) => one.replace(/^W\//, "");

test("a tag matches exactly when it is one of the header's, weak or strong, whatever stands between them", () => {
  const list = fc.array(fc.tuple(tag, separator), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(list, tag, fc.nat(), (parts, other, at) => {
      const header = parts.flat().join("");
      const tags = parts.map(([one]) => one);
      assert(matchesTag(header, tags[at % tags.length] ?? ""), header);
      assert.equal(matchesTag(header, other), tags.map(strong).includes(strong(other)), `${header} has ${other}`);
    }),
    runs(500),
  );
});

test("commas and stars within a tag are its own, and no other tag", () => {
  assert.equal(matchesTag('"a,*,b"', '"x"'), false);
  assert.equal(matchesTag('"a,*,b"', '"*"'), false);
  assert.equal(matchesTag('"a, W/"', '"a, W/"'), false, "a space is no character of a tag");
  assert.equal(matchesTag('"a,*,b"', 'W/"a,*,b"'), true);
  assert.equal(matchesTag('"a,"x",b"', '"x"'), false);
});

test("a star matches any tag, alone only", () => {
  for (const header of ["*", " * "]) assert.equal(matchesTag(header, '"x"'), true);
  for (const header of ["**", "*, *", "W/*", '"a", *', '* , "a"', "", undefined]) {
    assert.equal(matchesTag(header, '"x"'), false, String(header));
  }
});

test("a header that breaks the grammar is read up to the fault", () => {
  assert.equal(matchesTag('"x", nonsense, "y"', '"x"'), true);
  assert.equal(matchesTag('"x", nonsense, "y"', '"y"'), false);
  for (const header of ["x", '"x', 'x"', '"x"y', 'w/"x"', 'W / "x"', '"a" "x"']) {
    assert.equal(matchesTag(header, '"x"'), false, header);
  }
});
