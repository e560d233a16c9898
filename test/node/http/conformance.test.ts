import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { MapaeError } from "../../../resolver/errors.ts";
import { askLibrary } from "../../helpers/ask-library.ts";
import { named, writeStage } from "../../helpers/resolution-stage.ts";
import invalid from "../../vectors/invalid/did-resolution.json" with { type: "json" };
import valid from "../../vectors/valid/did-resolution.json" with { type: "json" };
import { askRow, at, expectRow, nameOf, ROWS, type Row } from "./conformance-rows.ts";
import { startTestNode } from "./harness.ts";

const node = await startTestNode({ after });
writeStage(node.writer);

for (const row of ROWS) test(nameOf(row), async () => expectRow(row, await askRow(node.port, row)));

/** Where the members of a document stand in an answer of the library. */
const IN_LIBRARY: Readonly<Record<string, string>> = {
  didDocument: "document",
  content: "document",
  contentStream: "document",
  didDocumentMetadata: "documentMetadata",
  contentMetadata: "documentMetadata",
};

function libraryPath(row: Row, path: string): string | undefined {
  const [first = "", ...rest] = path.split(".");
  if (row.type === "application/did-resolution" || row.type === "application/did-url-dereferencing") {
    const member = IN_LIBRARY[first];
    return member && [member, ...rest].join(".");
  }
  return `document.${path}`;
}

for (const row of ROWS.filter(({ library, body }) => library !== false && body === undefined)) {
  test(`without a server: ${nameOf(row)}`, async () => {
    const asked = askLibrary(node.index, named(row.target), row.accept ?? "application/did-resolution");
    if (row.error !== undefined) {
      const error = await asked.then(
        () => assert.fail("an answer"),
        (thrown: unknown) => thrown,
      );
      assert.equal(error instanceof MapaeError && error.code, row.error, String(error));
      return;
    }
    const answer = await asked;
    if (row.location !== undefined) assert.deepEqual(answer, { location: row.location });
    for (const [path, value] of Object.entries(row.is ?? {})) {
      const there = libraryPath(row, path);
      if (there !== undefined)
        assert.deepEqual(at(answer, there), typeof value === "string" ? named(value) : value, path);
    }
  });
}

test("each row that the W3C's tests want otherwise is in the table of decision 0036, and no line there lacks one", () => {
  const page = new URL("../../../docs/decisions/0036-resolution-by-the-letter.md", import.meta.url);
  const [, table = ""] = readFileSync(page, "utf8").split("| --- | --- | --- |\n");
  const lines = table.split("\n").flatMap((line) => /^\| (.*?) \| /.exec(line)?.[1] ?? []);
  const rows = new Set(ROWS.flatMap(({ suite }) => suite ?? []));
  assert.deepEqual([...rows].sort(), lines.sort());
});

test("there are rows for the valid and the invalid, and no row twice", () => {
  assert.ok(valid.length >= 75 && invalid.length >= 75, `${valid.length} and ${invalid.length}`);
  const questions = ROWS.map(({ target, accept, body }) => JSON.stringify({ target, accept, body }));
  assert.deepEqual(
    questions.filter((one, i) => questions.indexOf(one) !== i),
    [],
  );
});
