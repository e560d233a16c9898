import assert from "node:assert/strict";
import { test } from "node:test";
import type { Hex } from "../../../resolver/primitives/hex.ts";
import { isShownText, shownLabel } from "../../../resolver/trust/label.ts";
import { isShownCharacter } from "../../../resolver/trust/shown-characters.ts";

const bytesOf = (text: string): Hex => `0x${Buffer.from(text).toString("hex")}`;

test("a label is shown only if it is NFC, says something, and holds no hidden character", () => {
  for (const text of ["행정안전부", "É", "a b", "𠮷", "내무부 (제2청사) – IT"])
    assert.equal(shownLabel(bytesOf(text)), text);
  const unshown = {
    "nothing at all": "",
    "spaces alone": " \u3000",
    "a form other than NFC": "e\u0301",
    "right-to-left override": "a\u202eb",
    "left-to-right isolate": "a\u2066b",
    "right-to-left mark": "a\u200fb",
    "line feed": "a\nb",
    null: "\u0000",
    delete: "\u007f",
    "byte order mark": "a\ufeff",
    "private use": "\ue000",
    "line separator": "a\u2028",
    "Hangul filler, an invisible letter": "\u3164",
    "variation selector": "葛\u{e0100}",
    noncharacter: "\uffff",
    "a character of Unicode 15.0": "\u{31350}",
    "a character of Unicode 16.0": "\u{1c89}",
    "nobody's character": "\u{e0fff}",
  };
  for (const [what, text] of Object.entries(unshown)) assert.equal(shownLabel(bytesOf(text)), null, what);
  assert.equal(shownLabel("0x61ff"), null, "no UTF-8");
  assert.equal(shownLabel("0xeda080"), null, "UTF-8 of half a surrogate pair");
  assert.equal(isShownText("a\ud800"), false, "half a surrogate pair");
});

test("the pinned table is that of Unicode 14.0: its number of characters, and none that this runtime would not show", () => {
  const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{DI}]/u;
  let shown = 0;
  for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
    if (!isShownCharacter(codePoint)) continue;
    shown++;
    assert(!hidden.test(String.fromCodePoint(codePoint)), `U+${codePoint.toString(16)}`);
  }
  // 144 697 characters with formatting ones (Unicode 14.0, "Character counts"), of which 163 are Cf, 2 are Zl and Zp, and 267
  // are of other categories and Default_Ignorable_Code_Point.
  assert.equal(shown, 144_697 - 163 - 2 - 267);
  for (const beyond of [0x110000, 0x200000]) assert.equal(isShownCharacter(beyond), false);
});
