import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { promisify } from "node:util";
import { output } from "../../scripts/cli/terminal.ts";
import { developmentAccount } from "../../scripts/local/accounts.ts";
import { startLocalNetwork } from "../../scripts/local/local-network.ts";
import { readRepositoryFile } from "../docs/examples.ts";
import { freePorts, REPOSITORY, temporaryFolder } from "../scripts/harness.ts";

/** A demo issuer with a list, and the auditor. */
const [ISSUER, AUDITOR] = [developmentAccount(2).address, developmentAccount(6).address];

test("every command of the page for auditors does what the page says, one after the other", async (t) => {
  const folder = await temporaryFolder(t);
  const [chain = "", http = "", audit = ""] = await freePorts(3);
  const auditor = `did:mapae:local:${AUDITOR}`;
  const terminal = {
    stdin: new PassThrough(),
    stdout: new PassThrough().resume(),
    stderr: new PassThrough().resume(),
    env: {
      ...process.env,
      MAPAE_HOME: folder,
      MAPAE_CHAIN_PORT: chain,
      MAPAE_HTTP_PORT: http,
      MAPAE_AUDIT_PORT: audit,
      MAPAE_AUDIT_DIDS: auditor,
      MAPAE_AUDIT_AUDIENCE: "https://audit.example",
    },
  };
  const { signal } = new AbortController();
  const network = await startLocalNetwork({ terminal, out: output(terminal, true), signal });
  t.after(() => network.stop());
  const page = await readRepositoryFile("docs/auditing.md");
  const blocks = [...page.matchAll(/^```sh run\n(.*?)^```$/gms)].map(([, block = ""]) => block);
  assert.equal(blocks.length, 4);
  await writeFile(
    join(folder, "mapae"),
    `#!/bin/sh\nexec "${process.execPath}" "${REPOSITORY}/scripts/mapae.mjs" "$@"\n`,
  );
  await chmod(join(folder, "mapae"), 0o755);
  // The node's answer comes after the block in which the key was published.
  const wait = `until ask $AUDIT/audit/openapi.json > /dev/null 2>&1; do sleep 0.2; done\n`;
  const script = blocks
    .map((block) => block.replace(/^ask \$AUDIT\/audit\/openapi/m, `${wait}$&`))
    .join("echo; echo ----\n");
  const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", script], {
    cwd: folder,
    timeout: 120_000,
    env: {
      ...process.env,
      PATH: [folder, dirname(process.execPath), process.env.PATH].join(delimiter),
      MAPAE_NETWORK: network.files.network,
      MAPAE_RPC_URLS: network.chainUrl,
      MAPAE_PRIVATE_KEY: developmentAccount(6).privateKey,
      AUDIT: `http://127.0.0.1:${audit}`,
      AUDITOR: auditor,
      ISSUER,
      RPC: network.chainUrl,
    },
  });
  const [first = "", changes = "", status = "", check = ""] = stdout.split("----\n");
  assert.match(first, /"openapi":"3\.1\.0"/);
  assert.match(changes, /^\{"asOf":\{"block":\d+.*"changes":\[\{.*"next":"\d+-\d+-[0-9a-f]{16}"\}/);
  assert.match(changes, /"kind":"list".*"type":"changed"/);
  assert.match(status, /"status":"revoked".*"madeSo":\{"status":"revoked"/);
  assert.match(status, /AUDIT_NOT_FOUND.*nothing was there yet/s);
  assert.match(status, /"writers":\[\{"who":\{"account":"0x/);
  assert.match(check, /"transactionHash":"0x/);
  const [, byChain, byNode] = /"result":"(0x[0-9a-f]{64})"\}\s*(0x[0-9a-f]{64})/.exec(check) ?? [];
  assert(byChain !== undefined && byChain === byNode, check);
});
