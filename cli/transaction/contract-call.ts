import { Contract, type InterfaceAbi, type Signer } from "ethers";
import { statusRegistryAbi, trustRegistryAbi } from "../../resolver/abi.ts";
import {
  type Address,
  currentDeployment,
  type Deployment,
  dateTime,
  type Hash,
  type Hex,
  parseDid,
} from "../../resolver/index.ts";
import { type GovernedState, governed } from "../governance/propose.ts";
import type { Call } from "../terminal/call.ts";
import { CliError } from "../terminal/errors.ts";
import { type OpenNetwork, openNetwork, relayFile } from "../terminal/settings.ts";
import { feeFields } from "./gas-price.ts";
import { explain, send, type Written } from "./send.ts";
import { readSigner, writeProvider } from "./signer.ts";

/** The trust and status registry of the network that is configured, to read and to write. */
export interface Registries {
  readonly network: OpenNetwork;
  readonly deployment: Deployment;
  readonly trust: Contract;
  readonly status: Contract;
  /** Unix time of the newest block, in seconds. */
  readonly now: number;
  /** Sends a call of a registry as who signs here. */
  write(contract: Contract, name: string, args: readonly unknown[]): Promise<Written>;
  /** Has governance call the trust registry. */
  govern(name: string, args: readonly unknown[]): Promise<GovernedState>;
}

/** Opens the registries for one command, and closes the connection after it. */
export async function withRegistries<T>(call: Call, use: (registries: Registries) => Promise<T>): Promise<T> {
  const { terminal, options } = call;
  const network = await openNetwork(terminal, options);
  const deployment = currentDeployment(network.descriptor);
  const provider = writeProvider(network.rpcUrl, network.descriptor.chainId);
  let signer: Signer | undefined;
  const signing = async () => {
    signer ??= (await readSigner(terminal, options)).connect(provider);
    return signer;
  };
  const contract = (address: Address, abi: InterfaceAbi) => new Contract(address, abi, provider);
  const trust = contract(deployment.registries.trust.address, trustRegistryAbi);
  const status = contract(deployment.registries.status.address, statusRegistryAbi);
  const fees = feeFields(terminal, options);
  try {
    const newest = await network.reader.header("latest");
    return await use({
      network,
      deployment,
      trust,
      status,
      now: newest?.time ?? 0,
      write: async (to, name, args) => {
        const data = to.interface.encodeFunctionData(name, args) as Hex;
        // What a relayer sends is the forwarder's, and is never itself signed for another.
        const relay = to === trust || to === status ? relayFile(options, network) : undefined;
        return send({ signer: await signing(), to: String(to.target).toLowerCase() as Address, data, fees, relay });
      },
      govern: async (name, args) => {
        if (options.relay !== undefined)
          throw new CliError("USAGE", "Governance acts through its timelock: leave --relay out");
        const data = trust.interface.encodeFunctionData(name, args) as Hex;
        const target = deployment.registries.trust.address;
        return governed({ signer: await signing(), timelock: deployment.timelock.address, target, data, fees });
      },
    });
  } catch (error) {
    throw explain(error, (await signer?.getAddress()) ?? "nobody");
  } finally {
    provider.destroy();
  }
}

/**
 * The address of a DID of the network in use.
 * @throws ResolutionError for a text that is no DID of ours; CliError `INVALID_INPUT` for one of another network.
 */
export function addressOf({ network }: Pick<Registries, "network">, text: string): Address {
  const did = parseDid(text);
  if (did.network === network.descriptor.name) return did.address;
  throw new CliError(
    "INVALID_INPUT",
    `${text} is of network ${did.network}, but the descriptor in use is of ${network.descriptor.name}: see --network`,
  );
}

/** 32 bytes in hex, such as a grant's id. */
export function parseHash(text: string, what: string): Hash {
  if (/^0x[0-9a-fA-F]{64}$/.test(text)) return text.toLowerCase() as Hash;
  throw new CliError("INVALID_INPUT", `${what} is 0x and 64 hex digits, got ${JSON.stringify(text.slice(0, 80))}`);
}

/** A moment such as 2026-11-24T09:00:00Z, as Unix seconds. */
export function parseTime(text: string): number {
  const time = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d))?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (time >= 0) return Math.floor(time / 1_000);
  throw new CliError("INVALID_INPUT", `A time is like 2026-11-24T09:00:00Z, got ${JSON.stringify(text.slice(0, 40))}`);
}

/** An act of governance for a person. */
export function describeGoverned(what: string, { state, operation, readyAt, proposal }: GovernedState): string {
  const lines = [what, `  operation    ${operation}`];
  if (state === "done") lines.push("  done");
  if (readyAt !== undefined) lines.push(`  waits until  ${dateTime(readyAt)}; call this again then, as anybody`);
  if (proposal !== undefined) {
    lines.push(
      "  The council has to propose this first. Have it send:",
      `  to           ${proposal.to}`,
      `  data         ${proposal.data}`,
    );
  }
  return lines.join("\n");
}
