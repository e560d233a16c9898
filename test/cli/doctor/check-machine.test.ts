import assert from "node:assert/strict";
import { test } from "node:test";
import { checkClock, checkDisk } from "../../../cli/doctor/check-machine.ts";
import { temporaryFolder } from "../harness.ts";

test("a disk without room is a fault, and one with little room a warning", async (t) => {
  const directory = await temporaryFolder(t);
  const check = async (mebibytes: number) => {
    const { level, detail } = await checkDisk({ directory, freeBytes: async () => mebibytes * 1_048_576 });
    return `${level}: ${detail}`;
  };
  assert.match(await check(63), /^fault: 63 MiB free, .*free some space, or a node gives up with STORE_FULL/);
  assert.match(await check(64), /^warning: 64 MiB free, .*free some space/);
  assert.match(await check(1_024), /^ok: 1024 MiB free/);
});

test("a clock before 2026 or in 2100 is a fault", () => {
  for (const moment of ["1970-01-01T00:00:10Z", "2025-12-31T23:59:59Z", "2100-01-01T00:00:00Z"]) {
    const { level, detail } = checkClock(Date.parse(moment) / 1_000);
    assert.equal(level, "fault", moment);
    assert.match(detail, /set the clock/);
  }
  assert.equal(checkClock(Date.parse("2026-01-01T00:00:00Z") / 1_000).level, "ok");
});
