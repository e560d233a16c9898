import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../cli/harness.ts";

const CHILD = fileURLToPath(new URL("full-disk-child.ts", import.meta.url));

/** Mounts a file system of 16 MB in a private mount namespace, where the user may. */
const SMALL_DISK = `
  mount -t tmpfs -o size=16m tmpfs "$DISK" || exit 99
  head -c 8000000 /dev/zero > "$DISK/ballast"
  "$NODE" "$CHILD" fill "$DISK" "$NOTES" small || exit 1
  exec "$NODE" "$CHILD" after "$DISK" "$NOTES"`;

/** Limits files to 2 MiB each, as a quota does: writes fail with EFBIG instead of ENOSPC. */
const SMALL_FILES = `
  (ulimit -f 2048; exec "$NODE" "$CHILD" fill "$DISK" "$NOTES") || exit 1
  exec "$NODE" "$CHILD" after "$DISK" "$NOTES"`;

test("a node on a full disk answers with its last state, marked as stale, loses nothing, and continues by itself when space is freed", async (t) => {
  const folder = await temporaryFolder(t);
  const run = async (command: string, args: readonly string[]) => {
    const env = {
      ...process.env,
      NODE: process.execPath,
      CHILD,
      NOTES: join(folder, "notes.json"),
      DISK: await temporaryFolder(t),
    };
    return spawnSync(command, args, { env, encoding: "utf8" });
  };
  const small = await run("unshare", ["--user", "--map-root-user", "--mount", "bash", "-c", SMALL_DISK]);
  const isMade = small.error === undefined && small.status !== 99 && !small.stderr.includes("unshare:");
  t.diagnostic(isMade ? "a tmpfs of 16 MB in a mount namespace" : `no tmpfs here (${small.error ?? small.stderr})`);
  if (isMade) assert.equal(small.status, 0, small.stderr);

  const limited = await run("bash", ["-c", SMALL_FILES]);
  assert.equal(limited.status, 0, limited.stderr);
});
