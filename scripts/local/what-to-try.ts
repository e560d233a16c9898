import type { Terminal } from "../cli/terminal.ts";
import type { LocalNetwork } from "./local-network.ts";

/** What a person can do with a local network that is up: each line works as it is printed. */
export function whatToTry(network: LocalNetwork, { env }: Pick<Terminal, "env">): string {
  const { chainUrl, nodeUrl, files, dids } = network;
  const flags = [
    ...(env.MAPAE_HOME ? [`--network ${files.network}`] : []),
    ...(chainUrl === "http://127.0.0.1:8545" ? [] : [`--rpc ${chainUrl}`]),
  ];
  const mapae = ["npx mapae", ...flags].join(" ");
  const writable = dids.findLast(({ status, ownerKey }) => status === 200 && ownerKey !== undefined);
  return [
    "",
    `Ready. The node answers on ${nodeUrl}, the chain (JSON-RPC) on ${chainUrl}.`,
    "",
    ...dids.flatMap(({ did, role, special, status }) => [
      `${role}: ${special} (${status})`,
      `  curl -i ${nodeUrl}/1.0/identifiers/${did}`,
    ]),
    "",
    "The node itself:",
    `  curl ${nodeUrl}/ready`,
    `  curl ${nodeUrl}/status`,
    `  curl ${nodeUrl}/network`,
    "",
    "The command line, in another terminal:",
    ...(writable === undefined
      ? []
      : [
          `  ${mapae} did show ${writable.did}`,
          `  ${mapae} resolve ${writable.did}`,
          `  MAPAE_PRIVATE_KEY=${writable.ownerKey} ${mapae} did add-service ${writable.did} --type LinkedDomains --endpoint https://example.org`,
        ]),
    `  ${mapae} doctor`,
    "",
    `All DIDs with their owners' keys are in ${files.demo}, the network's descriptor in ${files.network}.`,
    `Logs are in ${files.chainLog} and ${files.nodeLog}. Ctrl-C stops all.`,
  ].join("\n");
}
