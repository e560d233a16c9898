import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { developmentAccount } from "../../cli/local/accounts.ts";
import { keystoreFile } from "../../cli/local/demo/make-keystores.ts";
import { passwordFile } from "../../cli/local/demo/make-signers.ts";
import type { LocalNetwork } from "../../cli/local/local-network.ts";
import { freePorts, REPOSITORY, temporaryFolder } from "../cli/harness.ts";
import { readRepositoryFile } from "../docs/examples.ts";
import { startSilently } from "../helpers/local-network.ts";

export const DID = "did:mapae:local:";
/** A demo issuer with a list, and the auditor. */
export const [ISSUER, AUDITOR] = [developmentAccount(2), developmentAccount(6)];

/** The network of `npm start`, and pages of the documentation that are run on it as they stand. */
export interface Demo {
  readonly network: LocalNetwork;
  readonly home: string;
  /** For the node that a page starts of the issuer's own, and for the commands about it. */
  readonly issuerEnv: Record<string, string>;
  readonly urls: { readonly node: string; readonly audit: string };
  run(page: Page): Promise<string[]>;
}

export interface Page {
  readonly name: string;
  /** What stands behind `sh` where a block begins that is run. */
  readonly marked: string;
  readonly env: Record<string, string>;
  /** What is waited for before a line, which a reader has the time for. */
  readonly waits: readonly [line: RegExp, wait: string][];
  /** Where the commands are given; the checkout whose `mapae` they mean, when it is not this one. */
  readonly checkout?: string;
}

/** Starts it; it ends after the tests of a file. */
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
  const text = await readRepositoryFile(`docs/${name}`);
  const blocks = [...text.matchAll(/^```sh (\S+)\n(.*?)^```$/gms)].flatMap(([, mark, block = ""]) => {
    return mark === marked ? [waits.reduce((script, [line, wait]) => script.replace(line, wait), block)] : [];
  });
  const folder = join(home, marked, name);
  await mkdir(folder, { recursive: true });
  const program = `#!/bin/sh\nexec "${process.execPath}" "${checkout ?? REPOSITORY}/cli/mapae.mjs" "$@"\n`;
  await writeFile(join(folder, "mapae"), program);
  await chmod(join(folder, "mapae"), 0o755);
  await copyFile(join(home, "local", "credentials", "valid.sd-jwt"), join(folder, "credential.txt"));
  const script = `trap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n${blocks.join("echo; echo ----\n")}`;
  const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", script], {
    cwd: checkout ?? folder,
    timeout: 300_000,
    env: {
      ...process.env,
      PATH: [folder, dirname(process.execPath), process.env.PATH].join(delimiter),
      ...env,
      ...page.env,
    },
  });
  return stdout.split("----\n");
}
