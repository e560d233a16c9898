import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import fc from "fast-check";
import { printable } from "../../../cli/terminal/printable.ts";
import { output } from "../../../cli/terminal/terminal.ts";
import { mapae, REPOSITORY } from "../harness.ts";

const LAUNCHER = join(REPOSITORY, "cli", "mapae.mjs");
/** By properties of Unicode. */
const UNSAFE = /(?![\t\n])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_C}]/u;
const HOSTILE = "a\r\x1b[2Jb\x07\x7f\x9b31mc\u202Ed\u2066e\u200f\u2028f\ud800";

test("control sequences of terminals are escaped; other text, line breaks and tabs are unchanged", () => {
  assert.equal(
    printable(HOSTILE),
    "a\\u000d\\u001b[2Jb\\u0007\\u007f\\u009b31mc\\u202ed\\u2066e\\u200f\\u2028f\\ud800",
  );
  assert.equal(printable("마패\t👮🏽‍♀️\nAmt für Wägen"), "마패\t👮🏽‍♀️\nAmt für Wägen");
  const text = fc.string({ unit: "binary" });
  fc.assert(fc.property(text, (one) => !UNSAFE.test(printable(one))));
  fc.assert(
    fc.property(fc.jsonValue(), text, (value, one) => {
      const json = JSON.stringify({ value, one });
      assert.deepEqual(JSON.parse(printable(json)), JSON.parse(json));
    }),
  );
});

test("answers, notes, warnings and errors are escaped on both streams, as text and as JSON that says the same", () => {
  for (const json of [false, true]) {
    const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
    const out = output({ env: {}, stdin: new PassThrough(), ...streams }, json);
    out.answer({ text: HOSTILE }, HOSTILE);
    out.note(HOSTILE);
    out.warn(HOSTILE);
    out.error({ message: HOSTILE }, HOSTILE);
    for (const stream of Object.values(streams)) {
      const shown = String(stream.read());
      assert.doesNotMatch(shown, UNSAFE);
      if (json)
        assert(
          shown
            .trim()
            .split("\n")
            .every((line) => JSON.stringify(JSON.parse(line)).includes("[2Jb")),
        );
    }
  }
});

test("an error that quotes what was typed is escaped", async () => {
  const { code, stderr } = await mapae(["resolve", `did:mapae:local:\x1b[2J\r\u202e`], {});
  assert.equal(code, 2);
  assert.doesNotMatch(stderr, UNSAFE);
});

async function launch(args: readonly string[], stdout: "pipe" | number) {
  const child = spawn(process.execPath, [LAUNCHER, ...args], { stdio: ["ignore", stdout, "pipe"] });
  child.stdout?.destroy();
  let stderr = "";
  child.stderr?.on("data", (text) => {
    stderr += text;
  });
  const [code] = await once(child, "close");
  return { code, stderr };
}

test("a command that only reads ends silently where what reads its answer closed the pipe, as SIGPIPE ends others", async () => {
  assert.deepEqual(await launch(["--help"], "pipe"), { code: 141, stderr: "" });
  assert.deepEqual(await launch(["--json", "--help"], "pipe"), { code: 141, stderr: "" });
});

if (existsSync("/dev/full")) {
  test("a full disk is a named error, in JSON with --json", async () => {
    const said = await launch(["--help"], openSync("/dev/full", "w"));
    assert.equal(said.code, 2);
    assert.match(said.stderr, /^Error: The answer can't be written whole \(ENOSPC/);
    const { code, stderr } = await launch(["--json", "--help"], openSync("/dev/full", "w"));
    assert.deepEqual([code, JSON.parse(stderr).error.code], [2, "OUTPUT"]);
  });
}
