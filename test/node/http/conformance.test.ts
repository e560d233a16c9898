import assert from "node:assert/strict";
import { after, test } from "node:test";
import { MapaeError } from "../../../resolver/errors.ts";
import { askLibrary } from "../../helpers/ask-library.ts";
import { named, writeStage } from "../../helpers/resolution-stage.ts";
import invalid from "../../vectors/invalid/did-resolution.json" with { type: "json" };
import valid from "../../vectors/valid/did-resolution.json" with { type: "json" };
import { PATH, startTestNode } from "./harness.ts";
import { problemCode } from "./problems.ts";
import { ask, type RawAnswer, requestText } from "./raw.ts";

/** See `test/vectors/did-resolution.md`. */
interface Row {
  readonly section: string;
  readonly rule: string;
  readonly target: string;
  readonly accept?: string | null;
  readonly body?: unknown;
  readonly status: number;
  readonly type?: string;
  readonly error?: string;
  readonly is?: Readonly<Record<string, unknown>>;
  readonly location?: string;
  readonly library?: boolean;
}

const rows = [...valid, ...invalid] as readonly Row[];
const node = await startTestNode({ after });
writeStage(node.writer);

async function askNode({ target, accept = "application/did-resolution, */*;q=0.1", body }: Row): Promise<RawAnswer> {
  const text = body === undefined ? "" : JSON.stringify(body);
  const headers = {
    ...(accept !== null && { accept }),
    ...(body !== undefined && { "content-length": String(Buffer.byteLength(text)) }),
  };
  const request = requestText(`${PATH}${named(target)}`, { method: body === undefined ? "GET" : "POST", headers });
  return (await ask(node.port, `${request}${text}`)) ?? assert.fail("no answer");
}

/** What stands at a path of names and indexes; `null` when nothing does. */
function at(value: unknown, path: string): unknown {
  const steps = path === "" ? [] : path.split(".");
  return steps.reduce<unknown>((from, step) => (from as Record<string, unknown> | null)?.[step] ?? null, value);
}

const shown = ({ target, accept, body }: Row) =>
  [target.slice(0, 90), accept ?? "", body === undefined ? "" : JSON.stringify(body)]
    .filter((one) => one !== "")
    .join(" ");

for (const row of rows) {
  test(`${row.section}: ${row.rule}: ${shown(row)}`, async () => {
    const { status, headers, body } = await askNode(row);
    const contentType = headers.get("content-type");
    assert.equal(status, row.status, body);
    if (row.error !== undefined) {
      assert.equal(problemCode({ status, contentType, body }), row.error);
      return;
    }
    assert.equal(headers.get("location"), row.location);
    if (row.location !== undefined) assert.equal(body, "");
    if (row.type !== undefined) assert.equal(contentType, `${row.type}; charset=utf-8`);
    for (const [path, value] of Object.entries(row.is ?? {})) {
      assert.deepEqual(at(JSON.parse(body), path), typeof value === "string" ? named(value) : value, path);
    }
  });
}

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

for (const row of rows.filter(({ library, body }) => library !== false && body === undefined)) {
  test(`without a server: ${row.section}: ${row.rule}: ${shown(row)}`, async () => {
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

test("there are rows for the valid and the invalid, and no row twice", () => {
  assert.ok(valid.length >= 75 && invalid.length >= 75, `${valid.length} and ${invalid.length}`);
  const questions = rows.map(({ target, accept, body }) => JSON.stringify({ target, accept, body }));
  assert.deepEqual(
    questions.filter((one, i) => questions.indexOf(one) !== i),
    [],
  );
});
