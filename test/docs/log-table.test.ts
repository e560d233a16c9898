import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { REPOSITORY } from "../cli/harness.ts";

/** The calls that write a line of level info or above, up to the end of the statement. */
const CALLS = /(?:logger\.(?:info|warn|error|fatal)|logFault)\(((?:"[^"]*"|[^;"])*?)\)[;,]/gs;
/** The message of a call, which is its last argument. */
const LAST_TEXT = /"([^"]+)",?\s*$/;

/** The log messages in a node's code. */
async function messages(): Promise<Set<string>> {
  const folder = join(REPOSITORY, "node");
  const files = (await readdir(folder, { recursive: true })).filter((name) => /^(?!driver\/).*\.ts$/.test(name));
  const codes = await Promise.all(files.map((name) => readFile(join(folder, name), "utf8")));
  const calls = codes.flatMap((code) => [...code.matchAll(CALLS)].map(([, given = ""]) => given));
  return new Set(calls.flatMap((given) => LAST_TEXT.exec(given)?.[1] ?? []));
}

test("the table of the log in docs/operating-watch.md has each message of a node", async () => {
  const page = await readFile(join(REPOSITORY, "docs", "operating-watch.md"), "utf8");
  const [, table = ""] = /\n\| `msg`(.*?)\n\n/s.exec(page) ?? [];
  const named = [...table.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text),
  );
  const found = await messages();
  assert(found.size > 15, [...found].join("\n"));
  // A name that ends with "…" stands for all messages with that beginning.
  const isNamed = (message: string) =>
    named.some((name) => (name.endsWith("…") ? message.startsWith(name.slice(0, -1)) : message === name));
  assert.deepEqual(
    [...found].filter((message) => !isNamed(message)),
    [],
  );
});
