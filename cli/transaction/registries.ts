import { Contract, type Interface, type Provider, type Signer } from "ethers";
import {
  type Address,
  currentDeployment,
  type Deployment,
  type Header,
  type Hex,
  UnavailableError,
} from "../../resolver/index.ts";
import {
  councilCall,
  type GovernedCall,
  type GovernedState,
  governed,
  holdsSeat,
  type Proposal,
} from "../governance/propose.ts";
import { expectNoRelay, relayFile } from "../relay/relay-option.ts";
import type { Call } from "../terminal/call.ts";
import { type OpenNetwork, openNetwork } from "../terminal/settings.ts";
import { feeFields } from "./gas-price.ts";
import { INTERFACES } from "./interfaces.ts";
import { explain, send, type Written } from "./send.ts";
import { readSigner, writeProvider } from "./signer.ts";

/** The registries and the council's seat of the configured network, for reading and writing. */
export interface Registries {
  readonly network: OpenNetwork;
  readonly deployment: Deployment;
  readonly provider: Provider;
  readonly trust: Contract;
  readonly status: Contract;
  readonly seat: Contract;
  readonly newest: Header;
  /** Sends a call of a contract, signed by the configured account. */
  write(contract: Contract, name: string, args: readonly unknown[]): Promise<Written>;
  /** Calls a contract through governance. */
  govern(contract: Contract, name: string, args: readonly unknown[], act?: Act): Promise<GovernedState>;
  /**
   * Calls the trust registry as the council, without delay; returns the call to send when the signer does not hold the seat.
   */
  council(name: string, args: readonly unknown[]): Promise<Written | { readonly proposal: Proposal }>;
}

type Act = Pick<GovernedCall, "order" | "through">;

/**
 * Opens the registries for one command, and closes the connection after it.
 * @throws UnavailableError when the chain has no newest block; what reading the options and opening the network throw.
 */
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
  const contract = ({ address }: { readonly address: Address }, abi: Interface) => new Contract(address, abi, provider);
  const trust = contract(deployment.registries.trust, INTERFACES.trust);
  const status = contract(deployment.registries.status, INTERFACES.status);
  const seat = contract(deployment.seat, INTERFACES.seat);
  const callOf = (to: Contract, name: string, args: readonly unknown[]): Proposal => ({
    to: String(to.target).toLowerCase() as Address,
    data: to.interface.encodeFunctionData(name, args) as Hex,
  });
  try {
    const newest = await network.reader.header("latest");
    if (newest === null) throw new UnavailableError("The chain has no newest block now");
    return await use({
      ...{ network, deployment, provider, trust, status, seat, newest },
      write: async (to, name, args) =>
        send({ signer: await signing(), ...callOf(to, name, args), fees, relay: relayFile(options, network) }),
      govern: async (to, name, args, act) => {
        expectNoRelay(options, "Governance acts through its timelock");
        const { to: target, data } = callOf(to, name, args);
        return governed({ signer: await signing(), deployment, target, data, fees, ...act });
      },
      council: async (name, args) => {
        expectNoRelay(options, "The council acts through its seat");
        const { to, data } = callOf(trust, name, args);
        const proposal = councilCall(deployment.seat.address, to, data);
        const signer = await signing();
        return (await holdsSeat(signer, deployment.seat.address)) ? send({ signer, ...proposal, fees }) : { proposal };
      },
    });
  } catch (error) {
    throw explain(error, (await signer?.getAddress()) ?? "nobody");
  } finally {
    provider.destroy();
  }
}
