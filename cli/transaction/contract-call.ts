import type { Command } from "commander";
import { Contract, Interface, type InterfaceAbi, id, type Signer } from "ethers";
import { councilSeatAbi, statusRegistryAbi, trustRegistryAbi } from "../../resolver/abi.ts";
import {
  type Address,
  currentDeployment,
  type Deployment,
  dateTime,
  type Hash,
  type Hex,
  parseDid,
} from "../../resolver/index.ts";
import { ZERO_HASH } from "../../resolver/primitives/hex.ts";
import {
  councilCall,
  type GovernedState,
  governed,
  holdsSeat,
  type OperationOrder,
  type Proposal,
} from "../governance/propose.ts";
import type { Call } from "../terminal/call.ts";
import { CliError } from "../terminal/errors.ts";
import { namedIfGiven } from "../terminal/named.ts";
import { type OpenNetwork, openNetwork, relayFile } from "../terminal/settings.ts";
import { parseHash } from "../values/hash.ts";
import { feeFields } from "./gas-price.ts";
import { explain, send, type Written } from "./send.ts";
import { readSigner, writeProvider } from "./signer.ts";

/** The trust and status registries of the configured network, for reading and writing. */
export interface Registries {
  readonly network: OpenNetwork;
  readonly deployment: Deployment;
  readonly trust: Contract;
  readonly status: Contract;
  /** Unix time of the newest block, in seconds. */
  readonly now: number;
  /** Sends a call of a registry, signed by the configured account. */
  write(contract: Contract, name: string, args: readonly unknown[]): Promise<Written>;
  /** Calls the trust registry through governance. */
  govern(name: string, args: readonly unknown[], order?: OperationOrder): Promise<GovernedState>;
  /** Gives the council's seat to another account, through governance. */
  replaceCouncil(holder: Address, through: "timelock" | "recovery", order: OperationOrder): Promise<GovernedState>;
  /**
   * Calls the trust registry as the council, without delay; returns the call to send when the signer does not hold the seat.
   */
  council(name: string, args: readonly unknown[]): Promise<Written | { readonly proposal: Proposal }>;
  /** The id of the grant that a transaction created, from its receipt; `null` when it is not sent yet. */
  grantIn(transaction: Hash | null | undefined): Promise<Hash | null>;
}

/** Opens the registries for one command, and closes the connection after it. */
export async function withRegistries<T>(call: Call, use: (registries: Registries) => Promise<T>): Promise<T> {
  const { terminal, options } = call;
  const fees = feeFields(terminal, options);
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
        // Only calls of the registries can go through a relayer, not those of the forwarder itself.
        const relay = to === trust || to === status ? relayFile(options, network) : undefined;
        return send({ signer: await signing(), to: String(to.target).toLowerCase() as Address, data, fees, relay });
      },
      govern: async (name, args, order) => {
        if (options.relay !== undefined)
          throw new CliError("USAGE", "Governance acts through its timelock: leave --relay out");
        const data = trust.interface.encodeFunctionData(name, args) as Hex;
        const target = deployment.registries.trust.address;
        return governed({ signer: await signing(), deployment, target, data, fees, ...(order && { order }) });
      },
      replaceCouncil: async (holder, through, order) => {
        if (options.relay !== undefined)
          throw new CliError("USAGE", "Governance acts through its timelock: leave --relay out");
        const data = new Interface(councilSeatAbi).encodeFunctionData("replace", [holder]) as Hex;
        const target = deployment.seat.address;
        return governed({ signer: await signing(), deployment, through, target, data, fees, order });
      },
      council: async (name, args) => {
        if (options.relay !== undefined)
          throw new CliError("USAGE", "The council acts through its seat: leave --relay out");
        const data = trust.interface.encodeFunctionData(name, args) as Hex;
        const proposal = councilCall(deployment.seat.address, deployment.registries.trust.address, data);
        const signer = await signing();
        return (await holdsSeat(signer, deployment.seat.address)) ? send({ signer, ...proposal, fees }) : { proposal };
      },
      grantIn: async (transaction) => {
        const receipt = transaction ? await provider.getTransactionReceipt(transaction) : null;
        const topic = trust.interface.getEvent("Granted")?.topicHash;
        const target = deployment.registries.trust.address;
        const granted = receipt?.logs.find((log) => log.address.toLowerCase() === target && log.topics[0] === topic);
        return (granted?.topics[1] as Hash | undefined) ?? null;
      },
    });
  } catch (error) {
    throw explain(error, (await signer?.getAddress()) ?? "nobody");
  } finally {
    provider.destroy();
  }
}

/**
 * The address of a DID of the configured network.
 * @throws ResolutionError for a text that is no DID of this method; CliError `INVALID_INPUT` for one of another network.
 */
export function addressOf({ network }: Pick<Registries, "network">, text: string): Address {
  const did = parseDid(text);
  if (did.network === network.descriptor.name) return did.address;
  throw new CliError(
    "INVALID_INPUT",
    `${text} is of network ${did.network}, but the descriptor in use is of ${network.descriptor.name}: see --network`,
  );
}

/** Options of an act of governance. */
export interface OrderOptions {
  readonly salt?: string;
  readonly after?: string;
}

/** Adds the options of an act of governance to a command. */
export function orderOptions(command: Command): Command {
  return command
    .option("--salt <text>", "repeat an act that was executed before: any text that was not used for it yet")
    .option("--after <operation>", "the operation that has to be executed before this one");
}

/** @throws CliError `INVALID_INPUT` */
export function orderOf({ salt, after }: OrderOptions): OperationOrder {
  return {
    salt: salt === undefined ? ZERO_HASH : (id(salt) as Hash),
    predecessor: namedIfGiven("--after", after, (one) => parseHash(one, "An operation's id")) ?? ZERO_HASH,
  };
}

/** An act of governance as text. */
export function describeGoverned(
  what: string,
  { state, operation, readyAt, proposal }: GovernedState,
  proposer: "council" | "guardian" = "council",
): string {
  const lines = [what, `  operation    ${operation}`];
  if (state === "done") lines.push("  done");
  if (state === "doneBefore") {
    lines.push("  was done before; if it was undone since and is wanted again, propose it with another --salt");
  }
  if (readyAt !== undefined) lines.push(`  waits until  ${dateTime(readyAt)}; call this again then, from any account`);
  if (proposal !== undefined) {
    lines.push(
      `  The ${proposer} has to propose this first. Keep this answer as a file (--json) for mapae council sign, or have it send:`,
      ...proposalLines(proposal),
    );
  }
  return lines.join("\n");
}

/** The lines of text with the call that a body of governance has to send. */
export function proposalLines({ to, data }: Proposal): readonly string[] {
  return [`  to           ${to}`, `  data         ${data}`];
}
