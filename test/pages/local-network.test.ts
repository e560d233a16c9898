import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { currentDeployment } from "../../resolver/network.ts";
import { output } from "../../scripts/cli/terminal.ts";
import { developmentAccount } from "../../scripts/local/accounts.ts";
import { type LocalNetwork, startLocalNetwork } from "../../scripts/local/local-network.ts";
import { readRepositoryFile } from "../docs/examples.ts";
import { freePorts, REPOSITORY, temporaryFolder } from "../scripts/harness.ts";

// The pages for issuers and auditors, run as they stand on the network of `npm start`.

/** A demo issuer with a list, and the auditor. */
const [ISSUER, AUDITOR] = [developmentAccount(2), developmentAccount(6)];
const DID = "did:mapae:local:";

const [chain = "", http = "", audit = "", own = ""] = await freePorts(4);
let network: LocalNetwork;
// Hooks run in this order: what works in the folder ends before it is removed.
after(() => network?.stop());
const home = await temporaryFolder({ after });

before(async () => {
  const terminal = {
    stdin: new PassThrough(),
    stdout: new PassThrough().resume(),
    stderr: new PassThrough().resume(),
    env: {
      ...process.env,
      MAPAE_HOME: home,
      MAPAE_CHAIN_PORT: chain,
      MAPAE_HTTP_PORT: http,
      MAPAE_AUDIT_PORT: audit,
      MAPAE_AUDIT_DIDS: DID + AUDITOR.address,
      MAPAE_AUDIT_AUDIENCE: "https://audit.example",
    },
  };
  network = await startLocalNetwork({ terminal, out: output(terminal, true), signal: new AbortController().signal });
  await writeFile(
    join(home, "mapae"),
    `#!/bin/sh\nexec "${process.execPath}" "${REPOSITORY}/scripts/mapae.mjs" "$@"\n`,
  );
  await chmod(join(home, "mapae"), 0o755);
});

/**
 * Runs the commands of a page, one after the other in one shell.
 *
 * @param waits what is waited for before a line, which a reader has the time for.
 * @returns what each block printed.
 */
async function runPage(page: string, env: Record<string, string>, waits: readonly [line: RegExp, wait: string][]) {
  const text = await readRepositoryFile(`docs/${page}`);
  const blocks = [...text.matchAll(/^```sh run\n(.*?)^```$/gms)].map(([, block = ""]) => {
    return waits.reduce((script, [line, wait]) => script.replace(line, wait), block);
  });
  const folder = join(home, page);
  await mkdir(folder);
  await copyFile(join(home, "local", "credentials", "valid.sd-jwt"), join(folder, "credential.txt"));
  const script = `trap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n${blocks.join("echo; echo ----\n")}`;
  const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", script], {
    cwd: folder,
    timeout: 120_000,
    env: {
      ...process.env,
      PATH: [home, dirname(process.execPath), process.env.PATH].join(delimiter),
      MAPAE_NETWORK: network.files.network,
      MAPAE_RPC_URLS: network.chainUrl,
      ...env,
    },
  });
  return stdout.split("----\n");
}

test("every command of the page for issuers does what the page says, one after the other", async () => {
  const env = {
    MAPAE_PRIVATE_KEY: ISSUER.privateKey,
    MAPAE_DATA_DIR: join(home, "own-index"),
    MAPAE_HTTP_PORT: own,
    MAPAE_METRICS_PORT: "off",
    ISSUER: DID + ISSUER.address,
    NODE: `http://127.0.0.1:${own}`,
    TYPE: "https://types.mapae.example/official-id/v1",
  };
  const [, made = "", given = "", verified = ""] = await runPage("status.md", env, [
    // The node runs beside the shell, until that ends.
    [/^.*mapae node$/m, "$& > node.log &\nuntil curl -sf $NODE/ready > ready.json; do sleep 0.2; done"],
    [/^curl.*revocation$/m, "until $& > list.json; do sleep 0.2; done; cat list.json"],
  ]);
  assert.match(made, /revoke: 103 of list 1.*suspend: 1 of list 1.*reinstate: 1 of list 1/s);
  assert.match(made, /revoked {4}103\n {2}suspended {2}0\n {2}5 +revoked\n {2}9 +valid\n/);
  assert.match(made, /\{"@context":.*"statusPurpose":"revocation".*"proofValue":"z/);
  const lines = given.trim().split("\n");
  assert.equal(new Set(lines).size, 3);
  for (const line of lines) assert.match(line, new RegExp(`^http://127.0.0.1:${http}/status-lists/0x\\w{40}/0 \\d+$`));
  // The last one is of a list that the key of the page signed.
  const verdicts = verified.match(/^valid$|"verdict": ?"valid"/gm);
  assert.equal(verdicts?.length, 3, verified);
});

test("every command of the page for auditors does what the page says, one after the other", async () => {
  const env = {
    MAPAE_PRIVATE_KEY: AUDITOR.privateKey,
    AUDIT: `http://127.0.0.1:${audit}`,
    AUDITOR: DID + AUDITOR.address,
    ISSUER: ISSUER.address,
    RPC: network.chainUrl,
  };
  const [first = "", changes = "", status = "", roles = "", check = ""] = await runPage("auditing.md", env, [
    // The node's answer comes after the block in which the key was published.
    [/^ask \$AUDIT\/audit\/openapi/m, "until ask $AUDIT/audit/openapi.json > /dev/null 2>&1; do sleep 0.2; done\n$&"],
  ]);
  assert.match(first, /"openapi":"3\.1\.0"/);
  assert.match(changes, /^\{"asOf":\{"block":\d+.*"changes":\[\{.*"next":"\d+-\d+-[0-9a-f]{16}"\}/);
  assert.match(changes, /"kind":"list".*"type":"changed"/);
  assert.match(status, /"status":"revoked".*"madeSo":\{"status":"revoked"/);
  assert.match(status, /AUDIT_NOT_FOUND.*nothing was there yet/s);
  assert.match(status, /"writers":\[\{"account":"0x/);
  const { writers } = JSON.parse(roles);
  const { timelock } = currentDeployment(JSON.parse(await readFile(network.files.network, "utf8")));
  assert.deepEqual(
    writers.map(({ account, as, of }: Record<string, string>) => [account, as, of === timelock.address]),
    [
      [timelock.address, "roots", false],
      [timelock.address, "admin", false],
      [developmentAccount(0).address, "proposer", true],
    ],
  );
  assert.match(check, /"transactionHash":"0x/);
  const [, byChain, byNode] = /"result":"(0x[0-9a-f]{64})"\}\s*(0x[0-9a-f]{64})/.exec(check) ?? [];
  assert(byChain !== undefined && byChain === byNode, check);
});
