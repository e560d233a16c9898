import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { mayAsk, PurposeError, readPurpose } from "../../../resolver/index.ts";
import { keccak256Text } from "../../../resolver/primitives/keccak.ts";

const URI = "https://types.mapae.example/purposes/bike/v1";
const TYPES = "https://types.mapae.example";
const file = new URL("../../../cli/local/demo/types/purposes/bike.json", import.meta.url);
const document = await readFile(file, "utf8");

const typeOf = (text: string) => ({ uri: URI, schemaHash: keccak256Text(text) });

test("a purpose is read from the document whose hash is on chain, and names the claims that may be asked for", () => {
  const purpose = readPurpose(document, typeOf(document));
  assert.equal(mayAsk(purpose, `${TYPES}/welfare-card/v1`, ["age_equal_or_over", "19"]), true);
  assert.equal(mayAsk(purpose, `${TYPES}/welfare-card/v1`, ["age_equal_or_over", "65"]), false);
  assert.equal(mayAsk(purpose, `${TYPES}/welfare-card/v1`, ["age_equal_or_over"]), false, "all ages are more than one");
  assert.equal(mayAsk(purpose, `${TYPES}/welfare-card/v1`, ["name"]), false);
  assert.equal(mayAsk(purpose, `${TYPES}/official-id/v1`, ["age_equal_or_over", "19"]), false);
});

test("a path allows all that is below it", () => {
  const text = JSON.stringify({ ...JSON.parse(document), credentials: [{ vct: "urn:a", claims: [["address"]] }] });
  const purpose = readPurpose(text, typeOf(text));
  assert.equal(mayAsk(purpose, "urn:a", ["address", "street"]), true);
  assert.equal(mayAsk(purpose, "urn:a", ["addresses"]), false);
});

test("a document with another hash, of another type, or of no purpose is refused", () => {
  assert.throws(() => readPurpose(`${document} `, typeOf(document)), PurposeError);
  const change = (more: object) => JSON.stringify({ ...JSON.parse(document), ...more });
  const wrong = [
    change({ purpose: `${TYPES}/purposes/door/v1` }),
    change({ credentials: [{ vct: "urn:a", claims: [[]] }] }),
    change({ credentials: "all" }),
    change({ retention: 1 }),
    "no JSON",
    "null",
    document.padEnd(65_537),
  ];
  for (const text of wrong) assert.throws(() => readPurpose(text, typeOf(text)), PurposeError, text.slice(0, 60));
  const longest = document.padEnd(65_536);
  assert.equal(readPurpose(longest, typeOf(longest)).purpose, URI);
});
