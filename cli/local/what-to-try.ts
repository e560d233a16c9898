import type { Terminal } from "../terminal/terminal.ts";
import { keystoreFile } from "./demo/make-keystores.ts";
import { passwordFile } from "./demo/make-signers.ts";
import type { LocalNetwork } from "./local-network.ts";
import { shellWord } from "./shell-word.ts";

/** Commands to try with a running local network: each line works as it is printed. */
export function whatToTry(network: LocalNetwork, { env }: Pick<Terminal, "env">): string {
  const { chainUrl, nodeUrl, files, dids, credentials } = network;
  const passwords = shellWord(passwordFile(files.signers));
  const flags = [
    ...(env.MAPAE_HOME ? [`--network ${shellWord(files.network)}`] : []),
    ...(chainUrl === "http://127.0.0.1:8545" ? [] : [`--rpc ${chainUrl}`]),
  ];
  const mapae = ["npx mapae", ...flags].join(" ");
  const writable = dids.findLast(({ status, ownerKey }) => status === 200 && ownerKey !== undefined);
  return [
    "",
    `Ready. Look at it in a browser: ${nodeUrl}/`,
    `The node answers on ${nodeUrl}, the chain (JSON-RPC) on ${chainUrl}.`,
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
    ...tryLists(network),
    "The command line, in another terminal:",
    ...(writable === undefined
      ? []
      : [
          `  ${mapae} did show ${writable.did}`,
          `  ${mapae} resolve ${writable.did}`,
          `  export MAPAE_KEYSTORE_PASSWORD_FILE=${passwords}`,
          `  ${mapae} --keystore ${shellWord(keystoreFile(files.keystores, writable.did))} did add-service ${writable.did} --type LinkedDomains --endpoint https://example.org`,
        ]),
    ...credentials.map(({ file, verdict }) => `  ${mapae} verify ${shellWord(file)}   # ${verdict}`),
    ...tryTrust(network).map((line) => `  ${line.replace("mapae", () => mapae)}`),
    `  ${mapae} network roles`,
    `  ${mapae} doctor`,
    "",
    ...tryOffline(network, env),
    `All DIDs, types, accreditations and lists with their owners' keys are in ${files.demo}, the network's descriptor in ${files.network}.`,
    `Logs are in ${files.chainLog} and ${files.nodeLog}. Ctrl-C stops all.`,
  ].join("\n");
}

/** Commands for a gate that decides by a bundle, after node and chain have ended. */
function tryOffline({ nodeUrl, files, credentials }: LocalNetwork, env: Terminal["env"]): string[] {
  const mapae = `npx mapae${env.MAPAE_HOME ? ` --network ${shellWord(files.network)}` : ""}`;
  const node = nodeUrl === "http://127.0.0.1:8080" ? "" : ` --node ${nodeUrl}`;
  const bundle = shellWord(`${files.gate}.bundle`);
  const [policy, data] = [shellWord(files.gatePolicy), shellWord(files.gate)];
  const gate = `${mapae} gate --policy ${policy} --data ${data} --bundle ${bundle}`;
  return [
    "Offline: make a bundle, stop all of this with Ctrl-C, and let a gate decide by the bundle alone:",
    `  ${mapae} bundle make${node} --out ${bundle}`,
    `  ${mapae} bundle verify ${bundle}`,
    ...credentials.map(({ file, outcome }) => `  ${gate} < ${shellWord(file)}   # ${outcome}`),
    "",
  ];
}

/** Commands about the first list and its issuer's accreditation. */
function tryTrust({ trust: { lists }, files }: LocalNetwork): string[] {
  const [list] = lists;
  if (list === undefined) return [];
  const [revoked, suspended] = [list.revoked[0], list.suspended[0]];
  return [
    "mapae type show",
    `mapae trust show ${list.issuer}`,
    `mapae status show ${list.issuer} ${list.number} --index ${revoked},${suspended},100`,
    `mapae --keystore ${shellWord(keystoreFile(files.keystores, list.issuer))} status revoke ${list.issuer} ${list.number} --index 100`,
  ];
}

/** The first list in all encodings. */
function tryLists({ trust: { lists }, nodeUrl, files }: LocalNetwork): string[] {
  const [list] = lists;
  if (list === undefined) return [];
  return [
    "Who may issue, and a signed status list in each of its encodings:",
    `  curl ${nodeUrl}/types`,
    `  curl ${nodeUrl}/accreditations/${list.issuer}`,
    `  curl ${list.uri}`,
    `  curl -H 'accept: application/statuslist+cwt' --output ${shellWord(files.cwt)} ${list.uri}`,
    `  curl ${list.uri}/revocation`,
    `  curl -H 'accept: application/vc+jwt' ${list.uri}/suspension`,
    "",
  ];
}
