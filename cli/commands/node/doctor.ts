import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig, type NodeConfig } from "../../../node/config/config.ts";
import { systemClock } from "../../../node/runtime/clock.ts";
import { freeBytes } from "../../../node/runtime/disk.ts";
import { httpRpc, parseDid, rpcReader } from "../../../resolver/index.ts";
import { askAuditOf, askMetrics, askStatus } from "../../doctor/ask-node.ts";
import { checkChain } from "../../doctor/check-chain.ts";
import { checkCouncil } from "../../doctor/check-council.ts";
import { checkDataDirectory } from "../../doctor/check-data-directory.ts";
import { checkKeys } from "../../doctor/check-keys.ts";
import { checkListener } from "../../doctor/check-listener.ts";
import { checkClock, checkDisk } from "../../doctor/check-machine.ts";
import { checkOwner } from "../../doctor/check-owner.ts";
import { checkSigners } from "../../doctor/check-signers.ts";
import { type Finding, fault, ok, warning } from "../../doctor/finding.ts";
import { REPOSITORY } from "../../files/repository.ts";
import { checkIssuer } from "../../readiness/check-issuer.ts";
import { type AddCommand, type Call, callOf } from "../../terminal/call.ts";
import { CliError, EXIT } from "../../terminal/errors.ts";
import { named } from "../../terminal/named.ts";
import { nodeEnvironment } from "../../terminal/node-environment.ts";
import { linesOf } from "../../terminal/printable.ts";
import { nodeUrl, readDescriptor } from "../../terminal/settings.ts";

/** `mapae doctor` */
export const add: AddCommand = (program, terminal) => {
  program
    .option(
      "--issuer <did>",
      "check instead whether an issuer is ready: DID, keys, accreditation, list, token, type's document",
    )
    .option("--node <url>", "node to ask about the issuer", "http://127.0.0.1:8080")
    .addHelpText(
      "after",
      `
Reads the same MAPAE_* variables as a node, and changes nothing. Each line is ok, a warning, or a fault with what to do.
Exit code 0 without a fault, 2 when something is configured wrong, 4 when the chain can't be asked.

With --issuer it asks a node, as a verifier would; the web page of a node shows the same.

Examples:
  $ mapae doctor did:mapae:local:0x…
  $ mapae doctor --issuer did:mapae:local:0x… --node https://node.example`,
    )
    .action(async (dids: string[], { issuer, node }: { issuer?: string; node: string }, command) => {
      const call = callOf(terminal, command);
      const findings =
        issuer === undefined
          ? await examine(call, dids)
          : await checkIssuer({
              issuer: named("--issuer", () => parseDid(issuer)),
              node: named("--node", () => nodeUrl(node)),
              network: await readDescriptor(terminal, call.options),
              now: systemClock.now(),
            });
      call.out.answer(
        { findings: findings.map(({ what, level, detail }) => ({ what, level, detail })) },
        linesOf(findings.map(({ what, level, detail }) => `${level.padEnd(8)} ${what}: ${detail}`)),
      );
      const faults = findings.filter(({ level }) => level === "fault");
      if (faults.length === 0) return;
      const isOutOfReach = faults.every(({ exitCode }) => exitCode === EXIT.unreachable);
      const message = faults.length === 1 ? "1 fault was found" : `${faults.length} faults were found`;
      throw new CliError(isOutOfReach ? "UNAVAILABLE" : "CONFIGURATION", message);
    });
};

async function examine({ terminal, options }: Call, dids: readonly string[]): Promise<Finding[]> {
  const findings = [nodeVersion()];
  let config: NodeConfig;
  try {
    config = loadConfig(nodeEnvironment(terminal, options));
  } catch (error) {
    return [...findings, fault("configuration", error)];
  }
  const { network, dataDir: directory, secrets } = config;
  findings.push(ok("configuration", `network ${network.name}, URLs of its chain: ${secrets.rpcUrls.length}`));
  const { now } = systemClock;
  findings.push(checkClock(now()));
  for (const url of secrets.rpcUrls) findings.push(...(await checkChain({ url, network, now })));

  const { found, running } = await checkListeners(config);
  findings.push(...found);
  findings.push(await checkDataDirectory({ directory, network, running }));
  findings.push(await checkDisk({ directory, freeBytes }));
  findings.push(...(await checkKeys(terminal, network.name)));

  const rpc = httpRpc({ url: secrets.rpcUrls[0] ?? "" });
  const reader = rpcReader(rpc);
  findings.push(...(await checkSigners({ ...config, reader, now: now() })));
  findings.push(await checkCouncil({ reader, rpc, network }));
  for (const did of dids) findings.push(await checkOwner({ did, reader, rpc, network }));
  return findings;
}

/** `running` tells whether a node of this network was found. */
async function checkListeners(config: NodeConfig): Promise<{ found: Finding[]; running: boolean }> {
  const { httpHost, httpPort, metrics, audit } = config;
  const network = config.network.name;
  const { finding, running } = await checkListener({
    name: "port",
    host: httpHost,
    port: httpPort,
    variables: "MAPAE_HTTP_HOST and MAPAE_HTTP_PORT",
    network,
    ask: askStatus,
  });
  const found = [finding];
  if (metrics === null) {
    found.push(ok("metrics port", "off"));
  } else {
    const variables = "MAPAE_METRICS_HOST and MAPAE_METRICS_PORT";
    const other = await checkListener({ name: "metrics port", ...metrics, variables, network, ask: askMetrics });
    found.push(other.finding);
  }
  if (audit !== null) {
    const variables = "MAPAE_AUDIT_HOST and MAPAE_AUDIT_PORT";
    const other = await checkListener({ name: "audit port", ...audit, variables, network, ask: askAuditOf(network) });
    found.push(other.finding);
  }
  return { found, running };
}

function nodeVersion(): Finding {
  const { optionalDependencies, config } = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8"));
  const got = process.versions.node;
  // A release does not include Node; its manifest has the versions that it was tested with.
  if (config?.testedNodes) {
    const tested = String(config.testedNodes).split(" ");
    return tested.includes(got) ? ok("Node", got) : warning("Node", `${got}; this release is tested with ${tested[0]}`);
  }
  // Each platform's package is named after Node; their versions differ.
  const pinned = Object.entries<string>(optionalDependencies).flatMap(([name, version]) =>
    name.startsWith("node-") ? [version] : [],
  );
  if (pinned.includes(got)) return ok("Node", got);
  return warning("Node", `${got}; Mapae is tested with ${pinned[0]}, which npm run setup installs where it can`);
}
