import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeJson } from "../files/files.ts";
import { takeLock } from "../files/lock.ts";
import { REPOSITORY } from "../files/repository.ts";
import { CliError } from "../terminal/errors.ts";
import { untilAborted } from "../terminal/interrupt.ts";
import { progress } from "../terminal/progress.ts";
import { localFolder } from "../terminal/settings.ts";
import type { Output, Terminal } from "../terminal/terminal.ts";
import { writeProvider } from "../transaction/signer.ts";
import { type Child, firstMessage, startChild } from "./child.ts";
import { type Demo, readDemo } from "./demo/demo.ts";
import { describeDemo } from "./demo/describe-demo.ts";
import { type IssuedCredential, issueCredentials } from "./demo/issue-credentials.ts";
import { makeKeystores } from "./demo/make-keystores.ts";
import { makeOperator, makePassword, makeSigners, passwordFile } from "./demo/make-signers.ts";
import { type SeededDid, seed } from "./demo/seed.ts";
import { type SeededTrust, seedTrust, TYPES_FOLDER } from "./demo/seed-trust.ts";
import { seedVerifiers } from "./demo/seed-verifiers.ts";
import { deployLocal } from "./deploy-local.ts";
import { expectFree, readPort } from "./ports.ts";
import { ready } from "./ready.ts";

/** The program of the chain, which needs Hardhat: an installation for a node has neither. */
const CHAIN = join(REPOSITORY, "scripts", "chain.ts");

export interface LocalNetworkOptions {
  readonly terminal: Terminal;
  readonly out: Output;
  /** Aborts the start at any point. */
  readonly signal: AbortSignal;
}

/** A running local network: its processes, addresses and files. */
export interface LocalNetwork {
  readonly chain: Child;
  readonly node: Child;
  readonly chainUrl: string;
  readonly nodeUrl: string;
  readonly files: LocalFiles;
  /** Variables with which `mapae node` is started again. */
  readonly nodeVariables: Readonly<Record<string, string>>;
  readonly dids: readonly SeededDid[];
  readonly trust: SeededTrust;
  readonly credentials: readonly IssuedCredential[];
  /** Stops all processes and releases the folder. */
  stop(): Promise<void>;
}

/** The files and folders of a local network. */
export type LocalFiles = ReturnType<typeof localFiles>;

/**
 * Starts a chain, a network with the demo's DIDs on it, and a node. When it fails or is aborted, no process is left running.
 *
 * @throws CliError `CHECKOUT_NEEDED`, `PORT_BUSY`, `ALREADY_RUNNING`, `CHAIN_STOPPED`, `NODE_NOT_READY`; the signal's reason.
 */
export async function startLocalNetwork(options: LocalNetworkOptions): Promise<LocalNetwork> {
  const { terminal, out, signal } = options;
  if (!existsSync(CHAIN) || !existsSync(join(REPOSITORY, "node_modules", "hardhat"))) {
    const how = "Clone the repository and run npm start in it";
    throw new CliError(
      "CHECKOUT_NEEDED",
      `A local network needs a checkout with its development packages, got ${REPOSITORY}. ${how}`,
    );
  }
  const files = localFiles(localFolder(terminal.env));
  const chainPort = readPort(terminal, { what: "the chain", variable: "MAPAE_CHAIN_PORT", fallback: 8_545 });
  const nodePort = readPort(terminal, { what: "the node", variable: "MAPAE_HTTP_PORT", fallback: 8_080 });
  const chainUrl = `http://127.0.0.1:${chainPort.number}`;
  const nodeUrl = `http://127.0.0.1:${nodePort.number}`;
  const step = progress(terminal, out);

  const stops: (() => Promise<void>)[] = [await lockFolder(files.lock)];
  const stop = async () => {
    while (stops.length > 0) await stops.pop()?.();
  };
  try {
    await expectFree(chainPort);
    await expectFree(nodePort);
    // The chain is in memory, so files from an earlier chain are useless.
    for (const path of [
      files.network,
      `${files.network}.journal`,
      files.demo,
      files.data,
      files.signers,
      files.keystores,
      files.credentials,
      files.gatePolicy,
      files.gate,
    ]) {
      await rm(path, { recursive: true, force: true });
    }
    await mkdir(localFolder(terminal.env), { recursive: true });

    const chain = startChild({
      args: [CHAIN],
      env: { ...terminal.env, MAPAE_CHAIN_PORT: String(chainPort.number) },
      log: files.chainLog,
    });
    stops.push(chain.stop);
    await step(`Chain on ${chainUrl}`, () => untilAborted(signal, started(chain)));

    const password = await makePassword(files.signers);
    const operator = await makeOperator(files.signers, password);
    const provider = writeProvider(chainUrl, 31_337);
    stops.push(async () => provider.destroy());
    const network = await step("Contracts deployed", () =>
      deployLocal({ chainUrl, file: files.network, operator, provider }),
    );
    const folder = { network: network.name, folder: files.signers, password };
    const { demo, signers, verifiers: keys } = await makeSigners(await readDemo(), folder);
    const seeding = { demo, network, nodeUrl, provider, signal };
    const dids = await step("Demo consortium written", () => seed(seeding));
    const trust = await step("Accreditations and status lists written", () => seedTrust(seeding));
    const verifiers = await step("Verifiers written", () => seedVerifiers(seeding, keys));
    const credentials = await step("Credentials issued", () => issueCredentials(seeding, signers, files.credentials));
    await makeKeystores([...dids, ...verifiers], files.keystores, passwordFile(files.signers));
    const described = describeDemo({ chainUrl, nodeUrl, network, dids, trust, verifiers, credentials });
    await writeJson(files.demo, described);
    await writeJson(files.gatePolicy, gatePolicy(demo));
    await stops.pop()?.();

    const nodeVariables = {
      MAPAE_NETWORK: files.network,
      MAPAE_RPC_URLS: chainUrl,
      MAPAE_DATA_DIR: files.data,
      MAPAE_HTTP_HOST: "127.0.0.1",
      MAPAE_HTTP_PORT: String(nodePort.number),
      MAPAE_SIGNER_FILES: [operator, ...signers].map(({ file }) => file).join(","),
      MAPAE_SIGNER_PASSWORD_FILE: passwordFile(files.signers),
      MAPAE_TYPES_DIR: TYPES_FOLDER,
      MAPAE_METRICS_PORT: terminal.env.MAPAE_METRICS_PORT || "off",
      MAPAE_TEST_IDENTIFIERS: dids.flatMap(({ did, status }) => (status === 200 ? [did] : [])).join(","),
    };
    const node = startChild({
      args: [join(REPOSITORY, "cli", "mapae.mjs"), "node"],
      env: { ...terminal.env, ...nodeVariables },
      log: files.nodeLog,
    });
    stops.push(node.stop);
    await step(`Node on ${nodeUrl}`, () => ready(node, nodeUrl, signal));
    return { chain, node, chainUrl, nodeUrl, files, nodeVariables, dids, trust, credentials, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A gate for all types of the demo. The credentials are files without a holder's wallet, so they have no key binding. */
function gatePolicy({ types }: Demo) {
  const policy = { freshFor: 3_600, denyAfter: 86_400, whenExpired: "deny", keyBinding: false };
  return { audience: "https://gate.example", types: Object.fromEntries(types.map(({ uri }) => [uri, policy])) };
}

function localFiles(folder: string) {
  return {
    network: join(folder, "network.json"),
    demo: join(folder, "demo.json"),
    data: join(folder, "index"),
    /** Keys that sign lists and blocks. */
    signers: join(folder, "signers"),
    /** The owners' keys. */
    keystores: join(folder, "keystores"),
    credentials: join(folder, "credentials"),
    /** Where a command that is printed writes a status list as CWT. */
    cwt: join(folder, "list.cwt"),
    /** The policy of a gate that admits the demo's types, and the folder of that gate. */
    gatePolicy: join(folder, "gate.json"),
    gate: join(folder, "gate"),
    chainLog: join(folder, "chain.log"),
    nodeLog: join(folder, "node.log"),
    lock: join(folder, "start.lock"),
  };
}

async function started(chain: Child): Promise<void> {
  try {
    await firstMessage(chain);
  } catch (cause) {
    throw new CliError("CHAIN_STOPPED", `The chain did not start. ${(cause as Error).message}`, { cause });
  }
}

/** Makes sure that no other local network uses the folder. */
async function lockFolder(path: string): Promise<() => Promise<void>> {
  const lock = await takeLock(path);
  if ("release" in lock) return lock.release;
  throw new CliError(
    "ALREADY_RUNNING",
    `A local network runs here already, as process ${lock.owner}: stop it with Ctrl-C in its terminal, or use another ` +
      `folder with MAPAE_HOME and other ports. If that process is something else, delete ${path}`,
  );
}
