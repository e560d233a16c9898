/**
 * Installs what the tests of hardware modules need: SoftHSM2 and OpenSC of Debian, and the npm package as an operator would, but into a
 * folder of its own, with the headers of the Node that is pinned.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { PACKAGE, PACKAGE_VERSION } from "../../node/issuing/pkcs11/cryptoki.ts";
import { REPOSITORY } from "../cli/harness.ts";
import { INSTALLED, KEY_TOOL, LIBRARY, TOOLS } from "./softhsm.ts";

const missing = Object.entries({ softhsm2: LIBRARY, opensc: KEY_TOOL }).flatMap(([name, file]) =>
  existsSync(file) ? [] : [name],
);
if (missing.length > 0) {
  if (process.getuid?.() !== 0) {
    console.error(`Not installed yet: run "apt-get install ${missing.join(" ")}" as root, or this as root`);
    process.exit(1);
  }
  execFileSync("apt-get", ["install", "--yes", "--no-install-recommends", ...missing], { stdio: "inherit" });
}
if (!existsSync(join(INSTALLED, "build", "Release", "pkcs11.node"))) {
  // The pinned Node comes with its headers, so that nothing is fetched from elsewhere.
  const nodedir = dirname(dirname(process.execPath));
  execFileSync("npm", ["install", "--no-save", "--prefix", TOOLS, `${PACKAGE}@${PACKAGE_VERSION}`], {
    cwd: REPOSITORY,
    env: { ...process.env, npm_config_nodedir: nodedir, npm_config_ignore_scripts: "false" },
    stdio: "inherit",
  });
}
