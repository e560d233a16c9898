import assert from "node:assert/strict";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { findChromium } from "../../scripts/page/find-chromium.ts";
import { temporaryFolder } from "../cli/harness.ts";

const silent = () => {};

test("a configured browser is used, and a path that is not executable is refused with an error that names it", async (t) => {
  const given = join(await temporaryFolder(t), "browser");
  await writeFile(given, "#!/bin/sh\n");
  const find = () => findChromium({ env: { MAPAE_CHROMIUM: given }, say: silent });
  await assert.rejects(find(), { code: "BROWSER_MISSING", message: new RegExp(`MAPAE_CHROMIUM is ${given}`) });
  await chmod(given, 0o755);
  assert.equal(await find(), given);
});

test("without a browser and a way to install one, the error says what to do", async (t) => {
  const folder = await temporaryFolder(t);
  for (const mayInstall of [false, true]) {
    const find = findChromium({ env: { PATH: folder }, say: silent, mayInstall });
    await assert.rejects(find, { code: "BROWSER_MISSING", message: /apt-get install chromium/ });
  }
});

test("the error of a failed apt-get has its output", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "apt-get"), "#!/bin/sh\necho 'no mirror' >&2\nexit 100\n", { mode: 0o755 });
  const find = findChromium({ env: { PATH: folder }, say: silent, mayInstall: true });
  await assert.rejects(find, { code: "BROWSER_MISSING", message: /could not install Chromium: .*no mirror/s });
});
