import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { TEXTS } from "../../web/words/words.ts";
import { REPOSITORY } from "../cli/harness.ts";

const { en, ko } = TEXTS;

test("both languages have the same texts, which name the same values, and none is empty", () => {
  assert.deepEqual(Object.keys(ko), Object.keys(en));
  const named = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
  for (const [key, text] of Object.entries(en)) {
    const other = ko[key] ?? "";
    assert(text.trim() !== "" && other.trim() !== "", key);
    assert.deepEqual(named(other), named(text), key);
  }
});

test("every text is used somewhere", async () => {
  const folder = join(REPOSITORY, "web");
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".ts"));
  const code = (await Promise.all(files.map((name) => readFile(join(folder, name), "utf8")))).join("\n");
  const unused = Object.keys(en).filter((key) => {
    const [group = "", name = ""] = [key.slice(0, key.lastIndexOf(".")), key.slice(key.lastIndexOf(".") + 1)];
    // A key is written out, or made of a group and a name that is written out or comes with an event or a reason.
    return (
      !code.includes(`"${key}"`) &&
      !code.includes(`\`${group}.\${`) &&
      !code.includes(`of("${group}"`) &&
      !code.includes(`"${name}"`)
    );
  });
  assert.deepEqual(unused, []);
});
