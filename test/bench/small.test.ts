import assert from "node:assert/strict";
import { test } from "node:test";
import { SECTIONS } from "../../scripts/bench/sections.ts";
import { SMALL } from "../../scripts/bench/sizes.ts";

/** Sections that other tests run: `test/resolver/bundle.test.ts` and `npm run test:consortium`. */
const ELSEWHERE = ["library", "consortium"];

for (const [name, measure] of Object.entries(SECTIONS)) {
  if (ELSEWHERE.includes(name)) continue;
  test(`the bench's section ${name} gives all its rows at small sizes, each with the figures of Mapae and its peer`, async () => {
    const rows = await measure(SMALL);
    assert(rows.length > 0);
    for (const row of rows) {
      const isFigure = (value: number) => Number.isFinite(value) && value >= 0;
      assert(row.goal >= 0 && isFigure(row.ours) && isFigure(row.theirs), JSON.stringify(row));
    }
    const named = rows.map(({ topic, size, peer }) => `${topic}, ${size}, ${peer}`);
    assert.equal(new Set(named).size, rows.length, "two rows have the same name");
  });
}
