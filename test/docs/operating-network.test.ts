import assert from "node:assert/strict";
import { test } from "node:test";
import { mapae } from "../cli/harness.ts";
import { readRepositoryFile } from "./examples.ts";

// Checks the commands of the page for founders, most of which have placeholders. Those of its rehearsal are run by
// test/consortium/rehearsal-page.test.ts.

const page = await readRepositoryFile("docs/operating-network.md");
const blocks = [...page.matchAll(/^ *```sh[^\n]*\n(.*?)^ *```$/gms)].map(([, block = ""]) => block);
const lines = blocks.flatMap((block) => block.replaceAll("\\\n", " ").split("\n"));
const calls = lines.flatMap((line) => {
  return [...line.matchAll(/\bmapae((?: [a-z][a-z-]*(?= |$))+)([^|;>]*)/g)].map(([, words = "", rest = ""]) => {
    return { words: words.trim().split(" "), flags: rest.match(/(?<= )--[a-z][a-z-]*/g) ?? [] };
  });
});

test("every command of the page for founders exists, with each of its options", async () => {
  const { stdout: everywhere } = await mapae(["--help"], {});
  assert(calls.length > 25, `found ${calls.length}`);
  for (const { words, flags } of calls) {
    const called = `mapae ${words.join(" ")}`;
    const { code, stdout } = await mapae([...words, "--help"], {});
    assert.equal(code, 0, called);
    assert(stdout.startsWith(`Usage: ${called} [`), `${called}: ${stdout.slice(0, 80)}`);
    for (const flag of flags) assert.match(stdout + everywhere, new RegExp(`${flag}\\b`), `${called} ${flag}`);
  }
});
