import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { decodeProtectedHeader } from "jose";
import { REPOSITORY } from "../cli/harness.ts";
import { DID, ISSUER, startDemo } from "../pages/demo.ts";
import { newToken, PIN } from "./softhsm.ts";

const demo = await startDemo({ after });

test("the commands of the page for a hardware module, run in an operator's checkout, do what the page says", async () => {
  const checkout = join(demo.home, "checkout");
  await mkdir(checkout);
  const copy = `git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "${checkout}"`;
  execFileSync("bash", ["-euo", "pipefail", "-c", copy], { cwd: REPOSITORY });
  execFileSync("npm", ["ci", "--omit=dev", "--ignore-scripts"], { cwd: checkout });
  newToken(demo.home);
  await writeFile(join(checkout, "lists.pin"), PIN, { mode: 0o600 });

  const list = `$NODE/status-lists/${ISSUER.address}/0`;
  const [, shown = "", token = ""] = await demo.run({
    name: "status.md",
    marked: "pkcs11",
    checkout,
    env: demo.issuerEnv,
    waits: [
      [
        /^mapae node$/m,
        `$& > node.log &\nuntil curl -sf ${list} > list.jwt; do sleep 0.2; done\necho ----; mapae signer show --json; echo ----; cat list.jwt`,
      ],
    ],
  });
  const [{ keyId, issuer }] = JSON.parse(shown);
  assert.equal(issuer, DID + ISSUER.address);
  assert.equal(decodeProtectedHeader(token).kid, keyId);
});
