import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { developmentAccount } from "../../cli/local/accounts.ts";
import { passwordFile } from "../../cli/local/demo/make-signers.ts";
import type { AttestationsAnswer } from "../../node/attestations/ask-peer.ts";
import { loadConfig } from "../../node/config/config.ts";
import { startNode } from "../../node/main.ts";
import { currentDeployment, descriptorHash, parseNetworkDescriptor } from "../../resolver/network.ts";
import { verifyAttestations } from "../../resolver/proofs/attested.ts";
import { silent, until } from "../helpers/real-node.ts";
import { AUDITOR, DID, ISSUER, type Page, signing, startDemo } from "./demo.ts";

// Runs the commands of the pages for issuers and auditors on the network of `npm start`.

/** A command that prints the id of the key that signed the token on standard input. */
const KID = `node -pe 'JSON.parse(Buffer.from(fs.readFileSync(0, "utf8").split(".")[0], "base64url")).kid'`;

const demo = await startDemo({ after });
const run = (name: string, env: Page["env"], waits: Page["waits"]) => demo.run({ name, marked: "run", env, waits });

test("the commands of the page for issuers, run in order, do what the page says", async () => {
  const env = {
    ...demo.issuerEnv,
    TYPE: "https://types.mapae.example/official-id/v1",
  };
  const [, made = "", , again = "", given = "", verified = ""] = await run("status.md", env, [
    [/^# Stop the node.*$/m, "kill $node; wait $node"],
    // The node runs in the background until the shell exits.
    [/^.*mapae node$/m, "$& > node.log &\nnode=$!\nuntil curl -sf $NODE/ready > ready.json; do sleep 0.2; done"],
    [/^curl.*revocation$/m, "until $& > list.json; do sleep 0.2; done; cat list.json"],
    // The node's answer may come before the block.
    [
      /^curl.*statuslist.jwt" \$LISTS\/1$/m,
      `until k=$($& | ${KID}) && [ "$k" != "$old" ]; do sleep 0.2; done; echo keys $old $k`,
    ],
  ]);
  assert.match(
    made,
    /revoke: 103 credentials of list 1.*suspend: 1 credential of list 1.*reinstate: 1 credential of list 1/s,
  );
  assert.match(made, /revoked {4}103\n {2}suspended {2}0\n {2}5 +revoked\n {2}9 +valid\n/);
  assert.match(made, /\{"@context":.*"statusPurpose":"revocation".*"proofValue":"z/);
  const [, old = "", signer = ""] = /^keys (\S+) (\S+)$/m.exec(again) ?? [];
  assert([old, signer].every((id) => id.startsWith(`${DID}${ISSUER.address}#`)) && signer !== old, again);
  const lines = given.trim().split("\n");
  assert.equal(new Set(lines).size, 3);
  for (const line of lines) assert.match(line, new RegExp(`^${demo.urls.node}/status-lists/0x\\w{40}/0 \\d+$`));
  // The last one is of a list that the page's new key signed.
  const verdicts = verified.match(/^valid$|"verdict": ?"valid"/gm);
  assert.equal(verdicts?.length, 3, verified);
});

test("after an operator's key was replaced by the steps of the page for operators, nodes and verifiers with the new descriptor use the new key", async () => {
  const { network, issuerEnv, home } = demo;
  const descriptor = parseNetworkDescriptor(JSON.parse(await readFile(network.files.network, "utf8")));
  assert(descriptor.consensus.kind === "attested");
  const [operator] = descriptor.consensus.operators;
  const env = {
    MAPAE_SIGNER_PASSWORD_FILE: passwordFile(network.files.signers),
    NAME: operator?.name ?? assert.fail(),
  };
  await demo.run({ name: "operating-configure.md", marked: "operator", env, waits: [] });
  const folder = join(home, "operator", "operating-configure.md");
  const next = parseNetworkDescriptor(JSON.parse(await readFile(join(folder, "network-2.json"), "utf8")));
  assert.deepEqual([next.version, next.previous], [descriptor.version + 1, descriptorHash(descriptor)]);
  assert(next.consensus.kind === "attested");
  assert.notDeepEqual(next.consensus.operators, descriptor.consensus.operators);

  const { MAPAE_HTTP_PORT = "", NODE = "" } = issuerEnv;
  const node = await startNode(
    loadConfig({
      ...env,
      MAPAE_NETWORK: join(folder, "network-2.json"),
      MAPAE_SIGNER_FILES: join(folder, "operator-2.jwe"),
      MAPAE_RPC_URLS: network.chainUrl,
      MAPAE_DATA_DIR: join(home, "operator-index"),
      MAPAE_HTTP_PORT,
      MAPAE_METRICS_PORT: "off",
    }),
    { logger: silent },
  );
  try {
    const answer = async () => fetch(`${NODE}/attestations/newest`);
    await until(async () => (await answer()).status === 200);
    const attested = (await (await answer()).json()) as AttestationsAnswer;
    await verifyAttestations({ ...next, ...attested }, attested.attestations, next.consensus);
    await assert.rejects(
      verifyAttestations({ ...descriptor, ...attested }, attested.attestations, descriptor.consensus),
      {
        code: "PROOF_QUORUM",
      },
    );
  } finally {
    await node.stop();
  }
});

test("the commands of the page for auditors, run in order, do what the page says", async () => {
  const env = {
    ...signing(demo.network, AUDITOR.address),
    AUDIT: demo.urls.audit,
    AUDITOR: DID + AUDITOR.address,
    ISSUER: ISSUER.address,
    RPC: demo.network.chainUrl,
  };
  const [first = "", changes = "", status = "", roles = "", check = ""] = await run("auditing.md", env, [
    // The node answers once it has the block in which the key was published.
    [/^ask \$AUDIT\/audit\/openapi/m, "until ask $AUDIT/audit/openapi.json > /dev/null 2>&1; do sleep 0.2; done\n$&"],
  ]);
  assert.match(first, /"openapi":"3\.1\.0"/);
  assert.match(changes, /^\{"asOf":\{"block":\d+.*"changes":\[\{.*"next":"\d+-\d+-[0-9a-f]{16}"\}/);
  assert.match(changes, /"kind":"list".*"type":"changed"/);
  assert.match(status, /"status":"revoked".*"madeSo":\{"status":"revoked"/);
  assert.match(status, /AUDIT_NOT_FOUND.*nothing was there yet/s);
  assert.match(status, /"writers":\[\{"account":"0x/);
  const { writers } = JSON.parse(roles);
  const { timelock, seat } = currentDeployment(JSON.parse(await readFile(demo.network.files.network, "utf8")));
  assert.deepEqual(
    writers.map(({ account, as, of }: Record<string, string>) => [account, as, of === timelock.address]),
    [
      [timelock.address, "roots", false],
      [timelock.address, "admin", false],
      [seat.address, "proposer", true],
      [developmentAccount(0).address, "seatHolder", false],
    ],
  );
  assert.match(check, /"transactionHash":"0x/);
  const [, byChain, byNode] = /"result":"(0x[0-9a-f]{64})"\}\s*(0x[0-9a-f]{64})/.exec(check) ?? [];
  assert(byChain !== undefined && byChain === byNode, check);
});
