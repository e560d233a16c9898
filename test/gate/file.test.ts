import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { readBundleFile } from "../../gate/sources/file.ts";
import { BUNDLE_BOUNDS } from "../../resolver/proofs/bundle.ts";
import { temporaryFolder } from "../cli/harness.ts";
import { assertCode } from "../helpers/assert-code.ts";

test("a file that is longer than the limit of bundles is refused without reading the rest", async (t) => {
  const path = join(await temporaryFolder(t), "long.bundle");
  await writeFile(path, "");
  await truncate(path, BUNDLE_BOUNDS.bytes + 1);
  await assertCode(readBundleFile(path), "BUNDLE_TOO_LONG");
});
