import { existsSync } from "node:fs";
import { join } from "node:path";
import { isHttpUrl } from "../../node/config/http-url.ts";
import { unknownVariables } from "../../node/config/variable-names.ts";
import { httpRpc } from "../../resolver/chain/rpc/rpc.ts";
import { rpcReader } from "../../resolver/chain/rpc/rpc-reader.ts";
import { verifyNetwork } from "../../resolver/chain/verify-network.ts";
import type { ContractReader } from "../../resolver/index.ts";
import { MAX_DESCRIPTOR_BYTES, type NetworkDescriptor, parseNetworkDescriptor } from "../../resolver/network.ts";
import { readJsonInput } from "../files/files.ts";
import { CliError } from "./errors.ts";
import { named } from "./named.ts";
import type { Terminal } from "./terminal.ts";

/** Maximum total milliseconds to wait, for one request, while the server answers with `Retry-After`. */
export const MAX_RETRY_WAIT_MS = 30_000;

/** Default URL of the chain: the one of `npm start`. */
const DEFAULT_RPC_URL = "http://127.0.0.1:8545";

/** Options that every command has. */
export interface GlobalOptions {
  readonly json?: true;
  readonly network?: string;
  readonly rpc?: string;
  readonly keystore?: string;
  readonly gasPrice?: string;
  readonly relay?: string;
}

/** A network and its chain. */
export interface OpenNetwork {
  readonly descriptor: NetworkDescriptor;
  readonly reader: ContractReader;
  readonly rpcUrl: string;
}

/** The folder of the local network of `npm start`: `local` in MAPAE_HOME, which is `.mapae` by default. */
export function localFolder(env: Terminal["env"]): string {
  return join(env.MAPAE_HOME || ".mapae", "local");
}

/**
 * The path of the network descriptor: `--network`, otherwise MAPAE_NETWORK, otherwise that of `npm start`.
 * @throws CliError `CONFIGURATION` when there is none.
 */
export function descriptorPath({ env }: Pick<Terminal, "env">, { network }: GlobalOptions): string {
  const named = network ?? (env.MAPAE_NETWORK || undefined);
  if (named !== undefined) return named;
  const local = join(localFolder(env), "network.json");
  if (existsSync(local)) return local;
  throw new CliError(
    "CONFIGURATION",
    `No network: name its descriptor with --network <file> or MAPAE_NETWORK, or run npm start, which writes ${local}`,
  );
}

/**
 * Reads and checks the network descriptor.
 * @throws CliError `CONFIGURATION`, also for a variable that Mapae does not have; InvalidDescriptorError
 */
export async function readDescriptor(terminal: Terminal, options: GlobalOptions): Promise<NetworkDescriptor> {
  expectKnownVariables(terminal.env);
  const path = descriptorPath(terminal, options);
  const file = { path, what: "network descriptor", maxBytes: MAX_DESCRIPTOR_BYTES };
  const read = async () => parseNetworkDescriptor(await readJsonInput(file));
  return options.network === undefined ? read() : named("--network", read);
}

/**
 * The URL of the chain: `--rpc`, otherwise the first of MAPAE_RPC_URLS, otherwise that of `npm start`.
 * @throws CliError `CONFIGURATION` when it is no http or https URL, or a variable is misspelt.
 */
export function rpcUrl({ env }: Terminal, { rpc }: GlobalOptions): string {
  expectKnownVariables(env);
  const from = rpc !== undefined ? "--rpc" : env.MAPAE_RPC_URLS ? "MAPAE_RPC_URLS" : "the default";
  const [first = DEFAULT_RPC_URL] = env.MAPAE_RPC_URLS ? env.MAPAE_RPC_URLS.split(",") : [];
  const url = rpc ?? first.trim();
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new CliError(
      "CONFIGURATION",
      `The chain's URL is http:// or https://; ${from} is ${JSON.stringify(withoutPassword(url))}`,
    );
  }
  if (!isHttpUrl(url)) {
    throw new CliError(
      "CONFIGURATION",
      `The user or password in the chain's URL (${from}) has a % that begins no byte in hex: write % as %25`,
    );
  }
  return url;
}

/**
 * The URL of a node, without a slash at its end.
 * @throws CliError `USAGE` when it is no http or https URL.
 */
export function nodeUrl(text: string): string {
  return httpUrl(text, "A node's URL is like http://127.0.0.1:8080").replace(/\/+$/, "");
}

/**
 * An http or https URL; the error does not show a password in it.
 * @param wanted says what is wanted, for the message.
 * @throws CliError `USAGE`
 */
export function httpUrl(text: string, wanted: string): string {
  if (isHttpUrl(text)) return text;
  throw new CliError("USAGE", `${wanted}, with http:// or https://; got ${JSON.stringify(withoutPassword(text))}`);
}

/** A misspelt variable would let a command use a default in its place, such as the chain of `npm start`. */
export function expectKnownVariables(env: Terminal["env"]): void {
  const problems = unknownVariables(env);
  if (problems.length > 0) throw new CliError("CONFIGURATION", problems.join("; "));
}

function withoutPassword(url: string): string {
  return url.slice(0, 200).replace(/\/\/.*@/, "//…@");
}

/** A reader of the configured chain, without a check of its network. */
export function chainReader(terminal: Terminal, options: GlobalOptions): ContractReader {
  return rpcReader(httpRpc({ url: rpcUrl(terminal, options), maxRetryWait: MAX_RETRY_WAIT_MS }));
}

/**
 * Opens the configured network, and checks that the chain is its own.
 * @throws NetworkMismatchError, InvalidDescriptorError, UnavailableError, CliError
 */
export async function openNetwork(terminal: Terminal, options: GlobalOptions): Promise<OpenNetwork> {
  const descriptor = await readDescriptor(terminal, options);
  const reader = chainReader(terminal, options);
  await verifyNetwork(reader, descriptor);
  return { descriptor, reader, rpcUrl: rpcUrl(terminal, options) };
}
