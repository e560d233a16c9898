import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { GateCounts } from "../../examples/mobile-id/gate/counts.ts";
import { UsedCopies } from "../../examples/mobile-id/shared/used-copies.ts";
import { temporaryFolder } from "../cli/harness.ts";

const opened = { outcome: "open", reason: "valid" } as const;

test("a gate whose file of counts is damaged, for example by a power cut, starts with new counts", async (t) => {
  const file = join(await temporaryFolder(t), "counts.json");
  for (const damaged of ["", '{"door":{"valid":1', '{"door":7}', "[]"]) {
    await writeFile(file, damaged);
    const counts = new GateCounts(file);
    await counts.load();
    await counts.add("door", opened);
    const again = new GateCounts(file);
    await again.load();
    assert.deepEqual(again.current, { door: { valid: 1 } }, damaged);
  }
});

test("counts that are added at the same time are all in the file, which is whole", async (t) => {
  const file = join(await temporaryFolder(t), "counts.json");
  const counts = new GateCounts(file);
  const reasons = ["valid", "otherNonce", "keyBindingNotOfHolder"];
  const added = Array.from({ length: 120 }, (_, at) =>
    counts.add("door", { outcome: "closed", reason: reasons[at % reasons.length] ?? "" }),
  );
  await Promise.all(added);
  assert.deepEqual(JSON.parse(await readFile(file, "utf8")), {
    door: Object.fromEntries(reasons.map((reason) => [reason, 40])),
  });
});

test("a gate that can't store its counts keeps nobody out", async (t) => {
  t.mock.method(console, "error", () => {});
  const counts = new GateCounts(join(await temporaryFolder(t), "no such folder", "counts.json"));
  await counts.add("door", opened);
  assert.deepEqual(counts.current, { door: { valid: 1 } });
});

test("copies that are bound to different keys are different copies, of every kind of key", () => {
  const copies = new UsedCopies();
  for (const kind of [
    { kty: "EC", crv: "P-256", y: "y" },
    { kty: "OKP", crv: "Ed25519" },
    { kty: "AKP", alg: "ML-DSA-44" },
  ]) {
    for (const key of ["one", "two"]) {
      const cnf = { jwk: { ...kind, [kind.kty === "AKP" ? "pub" : "x"]: key } };
      assert.equal(copies.record({ cnf }), true, `${kind.kty} ${key}`);
      assert.equal(copies.record({ cnf }), false, `${kind.kty} ${key} again`);
    }
  }
});
