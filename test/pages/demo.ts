import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { developmentAccount } from "../../cli/local/accounts.ts";
import { keystoreFile } from "../../cli/local/demo/make-keystores.ts";
import { passwordFile } from "../../cli/local/demo/make-signers.ts";
import type { LocalNetwork } from "../../cli/local/local-network.ts";
import { freePorts, temporaryFolder } from "../cli/harness.ts";
import { startSilently } from "../helpers/local-network.ts";
import { markedBlocks, runBlocks } from "./shell.ts";

export const DID = "did:mapae:local:";
/** A demo issuer with a list, and the auditor. */
export const [ISSUER, AUDITOR] = [developmentAccount(2), developmentAccount(6)];

/** The network of `npm start`, on which the commands of documentation pages are run. */
export interface Demo {
  readonly network: LocalNetwork;
  readonly home: string;
  /** Variables for the issuer's own node, which a page starts, and for the commands about it. */
  readonly issuerEnv: Record<string, string>;
  readonly urls: { readonly node: string; readonly audit: string };
  run(page: Page): Promise<string[]>;
}

export interface Page {
  readonly name: string;
  /** The mark after `sh` of the code blocks that are run. */
  readonly marked: string;
  readonly env: Record<string, string>;
  /** Replacements of lines that have to wait for something, because the commands follow faster than a reader would type them. */
  readonly waits: readonly [line: RegExp, wait: string][];
  /** The working directory of the commands, when it is another checkout than this one; `mapae` is that checkout's. */
  readonly checkout?: string;
}

/** Starts the network, which ends after the tests of a file. */
export async function startDemo({ after }: { after(end: () => Promise<void> | undefined): void }): Promise<Demo> {
  let network: LocalNetwork | undefined;
  // Hooks run in this order: what works in the folder ends before it is removed.
  after(() => network?.stop());
  const home = await temporaryFolder({ after });
  const [chain = "", http = "", audit = "", own = ""] = await freePorts(4);
  ({ network } = await startSilently({
    MAPAE_HOME: home,
    MAPAE_CHAIN_PORT: chain,
    MAPAE_HTTP_PORT: http,
    MAPAE_AUDIT_PORT: audit,
    MAPAE_AUDIT_DIDS: DID + AUDITOR.address,
    MAPAE_AUDIT_AUDIENCE: "https://audit.example",
  }));
  const { files, chainUrl } = network;
  const urls = { node: `http://127.0.0.1:${http}`, audit: `http://127.0.0.1:${audit}` };
  const issuerEnv = {
    ...signing(network, ISSUER.address),
    MAPAE_DATA_DIR: join(home, "own-index"),
    MAPAE_HTTP_PORT: own,
    MAPAE_METRICS_PORT: "off",
    ISSUER: DID + ISSUER.address,
    NODE: `http://127.0.0.1:${own}`,
  };
  const demo = { network, home, urls, issuerEnv };
  return { ...demo, run: (page) => run(page, home, { MAPAE_NETWORK: files.network, MAPAE_RPC_URLS: chainUrl }) };
}

/** Variables of a page whose commands sign as the owner of a demo's DID. */
export function signing({ files }: LocalNetwork, address: string): Record<string, string> {
  return {
    MAPAE_KEYSTORE: keystoreFile(files.keystores, address.toLowerCase()),
    MAPAE_KEYSTORE_PASSWORD_FILE: passwordFile(files.signers),
  };
}

/**
 * Runs the commands of a page, one after the other in one shell.
 * @returns what each block printed.
 */
async function run({ name, marked, waits, checkout, ...page }: Page, home: string, env: Record<string, string>) {
  const blocks = (await markedBlocks(name, marked)).map((block) =>
    waits.reduce((script, [line, wait]) => script.replace(line, wait), block),
  );
  const folder = join(home, marked, name);
  await mkdir(folder, { recursive: true });
  await copyFile(join(home, "local", "credentials", "valid.sd-jwt"), join(folder, "credential.txt"));
  return runBlocks(blocks, {
    programs: folder,
    cwd: checkout ?? folder,
    ...(checkout && { checkout }),
    env: { ...env, ...page.env },
  });
}
