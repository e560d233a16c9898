import { Contract, type Provider, type Signer } from "ethers";
import { didRegistryAbi } from "../../resolver/abi.ts";
import {
  type Address,
  type ChainReader,
  type NetworkDescriptor,
  parseNetworkDescriptor,
  UnavailableError,
} from "../../resolver/index.ts";
import { CliError } from "../cli/errors.ts";
import type { FeeFields } from "../cli/gas-price.ts";
import type { Artifacts, ContractName } from "./artifacts.ts";
import { deployContract } from "./deploy-contract.ts";
import type { Journal, JournalData } from "./journal.ts";

export interface NetworkDeployment {
  /**
   * Pays for the contracts and has no power over them afterwards. Its provider keeps no answers (`cacheTimeout: -1`), since
   * nonces are asked for one after the other.
   */
  readonly signer: Signer;
  readonly reader: ChainReader;
  readonly artifacts: Artifacts;
  /** First part of the network's name; `local` is a developer's own. */
  readonly label: string;
  readonly consensus: NetworkDescriptor["consensus"];
  readonly finality: NetworkDescriptor["finality"];
  readonly journal: Journal;
  readonly fees: FeeFields;
  readonly onStep?: (text: string) => void;
}

/** A contract of a network; its arguments may be the addresses of those before it. */
interface Step {
  readonly name: string;
  readonly contract: ContractName;
  readonly args: (addressOf: (step: string) => Address) => readonly unknown[];
}

const STEPS = [
  { name: "forwarder", contract: "ERC2771Forwarder", args: () => ["Mapae"] },
  { name: "did", contract: "DidRegistry", args: (addressOf) => [addressOf("forwarder")] },
] as const satisfies readonly Step[];

/** Storage slots, pinned by the contracts' layout test. */
const SLOTS = { heads: 0, root: 1, identities: 2 };

/**
 * Deploys a network's contracts and describes it. What an interrupted attempt left in the journal is checked against the
 * chain and gone on with, so that it can be repeated until it succeeds.
 *
 * @throws CliError, UnavailableError as each step does; InvalidDescriptorError when the result breaks a rule.
 */
export async function deployNetwork(deployment: NetworkDeployment): Promise<NetworkDescriptor> {
  const { signer, reader, artifacts, label, consensus, finality, journal, fees, onStep = () => {} } = deployment;
  const { provider } = signer;
  if (provider === null) throw new TypeError("The signer has no provider");
  const genesis = await reader.header(0);
  if (genesis === null) throw new UnavailableError("The chain has no block 0 now");
  let data = await openJournal(journal, {
    label,
    chainId: await reader.chainId(),
    genesisHash: genesis.hash,
    deployer: (await signer.getAddress()).toLowerCase() as Address,
    steps: {},
  });

  const done = new Map<string, Awaited<ReturnType<typeof deployContract>>>();
  const get = (name: string) => {
    const step = done.get(name);
    if (step === undefined) throw new Error(`The step ${name} comes later`);
    return step;
  };
  for (const { name, contract, args } of STEPS) {
    const step = await deployContract({
      signer,
      provider,
      reader,
      artifact: artifacts[contract],
      args: args((before) => get(before).address),
      fees,
      before: data.steps[name],
      record: async (one) => {
        data = { ...data, steps: { ...data.steps, [name]: one } };
        await journal.write(data);
      },
    });
    done.set(name, step);
    onStep(`${contract} is at ${step.address}`);
  }
  await expectForwarder(provider, get("did").address, get("forwarder").address);

  const contractOf = (name: string) => ({ address: get(name).address, codeHash: get(name).codeHash });
  return parseNetworkDescriptor({
    version: 1,
    name: label === "local" ? label : `${label}-${genesis.hash.slice(2, 10)}`,
    chainId: data.chainId,
    genesisHash: genesis.hash,
    consensus,
    finality,
    deployments: [
      {
        fromBlock: get("did").fromBlock,
        forwarder: contractOf("forwarder"),
        registries: { did: contractOf("did") },
        slots: SLOTS,
      },
    ],
    previous: null,
    signatures: [],
  });
}

async function openJournal(journal: Journal, fresh: JournalData): Promise<JournalData> {
  const found = await journal.read();
  if (found === undefined) return fresh;
  for (const key of ["label", "chainId", "genesisHash", "deployer"] as const) {
    if (found[key] === fresh[key]) continue;
    throw new CliError(
      "CONFIGURATION",
      `${journal.path} is the journal of another deployment: its ${key} is ${found[key]}, now it is ${fresh[key]}. ` +
        "Finish that one, or move the file away",
    );
  }
  return found;
}

/** Immutables are left out when code is compared; of the registry's only one matters. */
async function expectForwarder(provider: Provider, registry: Address, forwarder: Address): Promise<void> {
  const contract = new Contract(registry, didRegistryAbi, provider);
  const got = String(await contract.getFunction("trustedForwarder")()).toLowerCase();
  if (got !== forwarder) {
    throw new CliError("CONFIGURATION", `The DID registry at ${registry} trusts forwarder ${got}, wanted ${forwarder}`);
  }
}
