import assert from "node:assert/strict";
import { once } from "node:events";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { progress } from "../../../cli/terminal/progress.ts";
import { output } from "../../../cli/terminal/terminal.ts";

/** The text that a step leaves on a terminal's screen, or in a file. */
async function shown({ isTTY }: { isTTY: boolean }, run: () => Promise<void>): Promise<string> {
  const stderr = Object.assign(new PassThrough(), { isTTY });
  let text = "";
  stderr.on("data", (chunk) => {
    text += chunk;
  });
  const terminal = { env: {}, stdin: new PassThrough(), stdout: new PassThrough(), stderr };
  await progress(terminal, output(terminal, false))("Index read", run).catch(() => undefined);
  stderr.end();
  await once(stderr, "close");
  return text;
}

test("on a terminal a step's line is replaced by its outcome, and no code of a terminal is shown as text", async () => {
  for (const [sign, run] of [
    ["✓", async () => {}],
    ["✗", () => Promise.reject(new Error("no"))],
  ] as const) {
    const text = await shown({ isTTY: true }, run);
    const outcome = `${sign} Index read  \\d+\\.\\d s\\n$`;
    assert.match(text, new RegExp(`^\\r… Index read .*\\r\\x1b\\[K${outcome}`));
    assert.doesNotMatch(text, /\\u/);
    assert.match(await shown({ isTTY: false }, run), new RegExp(`^${outcome}`));
  }
});
