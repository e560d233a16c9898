import assert from "node:assert/strict";
import { access } from "node:fs/promises";
import { test } from "node:test";
import { endsOf, temporaryFolder } from "./harness.ts";

test("cleanups of a test run in reverse order, even when one fails, and its folder is removed last", async () => {
  const hooks: (() => Promise<void>)[] = [];
  const later = { after: (end: () => Promise<void>) => hooks.push(end) };
  const folder = await temporaryFolder(later);
  const ended: string[] = [];
  endsOf(later)(async () => {
    await access(folder);
    ended.push("first");
  });
  endsOf(later)(async () => {
    ended.push("second");
    throw new Error("It does not end");
  });
  const [end, ...others] = hooks;
  assert.equal(others.length, 0);
  await assert.rejects(end ?? assert.fail(), AggregateError);
  assert.deepEqual(ended, ["second", "first"]);
  await assert.rejects(access(folder), { code: "ENOENT" });
});
