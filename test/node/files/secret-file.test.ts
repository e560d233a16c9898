import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { readSigner } from "../../../cli/transaction/signer.ts";
import { secretFile, sharedWith } from "../../../node/files/secret-file.ts";
import { openSigners } from "../../../node/issuing/open-signers.ts";
import { mapae, temporaryFolder } from "../../cli/harness.ts";

const SECRET_FILE = { code: "SECRET_FILE" };

test("a secret is its owner's alone; one of the superuser may be read by its group", () => {
  const rows: [mode: number, uid: number, others: string | undefined][] = [
    [0o600, 1_000, undefined],
    [0o400, 1_000, undefined],
    [0o640, 1_000, "its group"],
    [0o620, 1_000, "its group"],
    [0o604, 1_000, "all users"],
    [0o644, 1_000, "all users"],
    [0o602, 1_000, "all users"],
    [0o600, 0, undefined],
    [0o440, 0, undefined],
    [0o640, 0, undefined],
    [0o660, 0, "its group"],
    [0o444, 0, "all users"],
  ];
  for (const [mode, uid, others] of rows) assert.equal(sharedWith({ mode, uid }), others, `${mode.toString(8)} ${uid}`);
});

test("a file that all users can read is refused, and read once it is the owner's alone", async (t) => {
  const path = join(await temporaryFolder(t), "password");
  await writeFile(path, "correct horse");
  await chmod(path, 0o644);
  await assert.rejects(secretFile(path, 100), SECRET_FILE);
  await assert.rejects(openSigners({ files: ["none.jwe"], passwordFile: path }), SECRET_FILE);
  const shown = await mapae(["signer", "show", path, "--json"], {});
  assert.equal(JSON.parse(shown.stderr).error.code, "INVALID_INPUT");
  assert.match(shown.stderr, /chmod 600/);
  const terminal = { env: {}, stdin: process.stdin, stdout: process.stdout, stderr: process.stderr };
  await assert.rejects(readSigner(terminal, { keystore: path }), { code: "INVALID_INPUT", message: /chmod 600/ });
  await chmod(path, 0o600);
  assert.equal(String(await secretFile(path, 100)), "correct horse");
  assert.equal(await secretFile(path, 12), undefined);
});

test("a folder and a device are no secret", async (t) => {
  const path = join(await temporaryFolder(t), "folder");
  await mkdir(path, { mode: 0o700 });
  await assert.rejects(secretFile(path, 100), SECRET_FILE);
  await assert.rejects(secretFile("/dev/null", 100), SECRET_FILE);
});

test("a pipe is read to its end, and one that nobody writes is given up", async (t) => {
  const path = join(await temporaryFolder(t), "pipe");
  await once(spawn("mkfifo", ["-m", "600", path]), "close");
  await assert.rejects(secretFile(path, 100, 50), SECRET_FILE);
  const writer = spawn("sh", ["-c", 'exec 3> "$1"; printf "correct " >&3; sleep 0.2; printf horse >&3', "sh", path]);
  t.after(() => writer.kill());
  assert.equal(String(await secretFile(path, 100)), "correct horse");
});
