import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { REPOSITORY } from "../cli/harness.ts";

/** Declarations of an error's code, or of the type of its codes. */
const DECLARED = [/readonly code = ([^;]*);/g, /type \w*ErrorCode =([^;]*);/g, /extends CodedError<([^>]*)>/g];

async function texts(folder: string, ending: string): Promise<string[]> {
  const names = await readdir(join(REPOSITORY, folder), { recursive: true });
  return Promise.all(
    names.filter((name) => name.endsWith(ending)).map((name) => readFile(join(REPOSITORY, folder, name), "utf8")),
  );
}

test("every code of an error of a node or a gate is in the documents", async () => {
  const sources = (await Promise.all(["node", "gate"].map((folder) => texts(folder, ".ts")))).flat();
  const declared = sources.flatMap((text) =>
    DECLARED.flatMap((one) => [...text.matchAll(one)].map(([, it = ""]) => it)),
  );
  const codes = new Set(
    declared.flatMap((text) => [...text.matchAll(/"([A-Z][A-Z0-9_]+)"/g)].map(([, code = ""]) => code)),
  );
  assert(codes.size > 40, `found ${codes.size} codes`);
  const documents = (await texts("docs", ".md")).join("\n");
  assert.deepEqual(
    [...codes].filter((code) => !documents.includes(`\`${code}\``)),
    [],
  );
});
