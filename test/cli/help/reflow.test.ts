import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import fc from "fast-check";
import { reflow, widthOf } from "../../../cli/help/reflow.ts";
import { mapae } from "../harness.ts";

test("a paragraph and a row of a list are broken at the width, an example is not", () => {
  const text = [
    "One paragraph of two lines,",
    "the second one short.",
    "",
    "Environment:",
    "  NAME  what it means, in some more words",
    "Example:",
    "  $ mapae resolve did:mapae:local:0x…   more than thirty",
  ].join("\n");
  assert.equal(
    reflow(text, 30),
    [
      "One paragraph of two lines,",
      "the second one short.",
      "",
      "Environment:",
      "  NAME  what it means, in some",
      "        more words",
      "Example:",
      "  $ mapae resolve did:mapae:local:0x…   more than thirty",
    ].join("\n"),
  );
});

test("words and blank lines of any text stay, and only a word that is longer than the width makes a line longer", () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(
      fc.array(words, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 12, max: 60 }),
      (paragraphs, width) => {
        const text = paragraphs.map((paragraph) => paragraph.join(" ")).join("\n\n");
        const found = reflow(text, width);
        assert.deepEqual(found.split(/\s+/), text.split(/\s+/));
        assert.equal(found.split("\n\n").length, paragraphs.length);
        assert(found.split("\n").every((line) => line.length <= width));
      },
    ),
  );
});

test("help is as wide as the terminal, but not wider than can be read", () => {
  const stream = (columns: number) => Object.assign(new PassThrough(), { isTTY: true, columns });
  assert.deepEqual(
    [10, 60, 100, 300].map((columns) => widthOf(stream(columns))),
    [40, 60, 100, 120],
  );
  assert.equal(widthOf(new PassThrough()), 80);
});

test("the help of a command fits 80 columns except in examples, and names the options that all commands accept", async () => {
  for (const args of [[], ["did", "create"], ["council", "sign"], ["verify"], ["network", "init"]]) {
    const { stdout } = await mapae([...args, "--help"], {});
    const wide = stdout.split("\n").filter((line) => line.length > 80 && !line.startsWith(" "));
    assert.deepEqual(wide, [], args.join(" "));
    assert.equal(/^Every command also accepts --network, .*\n?.*see mapae --help$/m.test(stdout), args.length > 0);
  }
});
