import { Contract, type Signer } from "ethers";
import {
  type Address,
  type ChainReader,
  type NetworkDescriptor,
  parseNetworkDescriptor,
  UnavailableError,
} from "../../resolver/index.ts";
import { ZERO_ADDRESS } from "../../resolver/primitives/hex.ts";
import { CliError } from "../terminal/errors.ts";
import type { FeeFields } from "../transaction/gas-price.ts";
import { ARTIFACTS, type Artifacts, type ContractName } from "./artifacts.ts";
import { deployContract } from "./deploy-contract.ts";
import { type Governance, RECOVERY_DELAY_S, transferRoles } from "./governance.ts";
import { type Journal, openJournal } from "./journal.ts";

export interface NetworkDeployment {
  /**
   * Pays for the contracts and has no power over them afterwards. Its provider must not cache (`cacheTimeout: -1`), because
   * nonces are requested one after the other.
   */
  readonly signer: Signer;
  readonly reader: ChainReader;
  /** The contracts to deploy; those that are pinned unless given. */
  readonly artifacts?: Artifacts;
  readonly governance: Governance;
  /** First part of the network's name; `local` is for a developer's own machine. */
  readonly label: string;
  readonly consensus: NetworkDescriptor["consensus"];
  readonly finality: NetworkDescriptor["finality"];
  readonly journal: Journal;
  readonly fees: FeeFields;
  readonly onStep?: (text: string) => void;
}

/** What determines the constructor's arguments. */
interface Ground extends Governance {
  readonly deployer: Address;
  /** The address of an earlier step's contract. */
  readonly addressOf: (step: StepName) => Address;
}

/** A contract of a network. */
export type StepName = "timelock" | "recovery" | "seat" | "forwarder" | "did" | "trust" | "status";

interface Step {
  readonly name: StepName;
  readonly contract: ContractName;
  readonly args: (ground: Ground) => readonly unknown[];
  /**
   * Getters of the contract whose results are compared with the wanted addresses, because the comparison of code leaves out
   * immutables.
   */
  readonly knows: Readonly<Record<string, StepName>>;
}

/** In order of deployment: no contract refers to a later one. */
export const STEPS: readonly Step[] = [
  {
    name: "timelock",
    contract: "TimelockController",
    // Anybody may execute a proposal of the council that was not cancelled.
    args: ({ delay, deployer }) => [delay, [], [ZERO_ADDRESS], deployer],
    knows: {},
  },
  {
    name: "recovery",
    contract: "TimelockController",
    args: ({ guardian, deployer }) => [RECOVERY_DELAY_S, [guardian], [ZERO_ADDRESS], deployer],
    knows: {},
  },
  {
    name: "seat",
    contract: "CouncilSeat",
    args: ({ addressOf, council }) => [addressOf("timelock"), addressOf("recovery"), council],
    knows: { timelock: "timelock", recovery: "recovery" },
  },
  { name: "forwarder", contract: "ERC2771Forwarder", args: () => ["Mapae"], knows: {} },
  {
    name: "did",
    contract: "DidRegistry",
    args: ({ addressOf }) => [addressOf("forwarder")],
    knows: { trustedForwarder: "forwarder" },
  },
  {
    name: "trust",
    contract: "TrustRegistry",
    args: ({ addressOf }) => [addressOf("forwarder"), addressOf("did"), addressOf("timelock"), addressOf("seat")],
    knows: { trustedForwarder: "forwarder", didRegistry: "did", defaultAdmin: "timelock" },
  },
  {
    name: "status",
    contract: "StatusRegistry",
    args: ({ addressOf }) => [addressOf("forwarder"), addressOf("did"), addressOf("trust")],
    knows: { trustedForwarder: "forwarder", didRegistry: "did", trustRegistry: "trust" },
  },
];

/** Storage slots, pinned by the contracts' layout test. */
export const SLOTS = { heads: 0, root: 1, identities: 2, acceptedGrants: 8 };

/**
 * Deploys a network's contracts and describes the network. It checks the journal of an interrupted attempt against the chain
 * and continues from there, so that it can be repeated until it succeeds.
 *
 * @throws CliError, UnavailableError as each step does; InvalidDescriptorError when the result breaks a rule.
 */
export async function deployNetwork(deployment: NetworkDeployment): Promise<NetworkDescriptor> {
  const { signer, reader, artifacts = ARTIFACTS, label, consensus, finality, journal, fees, governance } = deployment;
  const { onStep = () => {} } = deployment;
  const genesis = await reader.header(0);
  if (genesis === null) throw new UnavailableError("The chain has no block 0 now");
  const deployer = (await signer.getAddress()).toLowerCase() as Address;
  const chainId = await reader.chainId();
  const steps = await openJournal(journal, {
    label,
    chainId,
    genesisHash: genesis.hash,
    deployer,
    governance,
    steps: {},
  });

  const done = new Map<string, Awaited<ReturnType<typeof deployContract>>>();
  const get = (name: StepName) => {
    const step = done.get(name);
    if (step === undefined) throw new Error(`The step ${name} comes later`);
    return step;
  };
  const ground: Ground = { ...governance, deployer, addressOf: (before) => get(before).address };
  for (const { name, contract, args, knows } of STEPS) {
    const artifact = artifacts[contract];
    const step = await deployContract({ signer, reader, artifact, args: args(ground), fees, journal: steps, name });
    done.set(name, step);
    for (const [getter, before] of Object.entries(knows)) {
      await expectAddress(new Contract(step.address, artifact.abi, signer), getter, get(before).address);
    }
    onStep(`${contract} is at ${step.address}`);
  }
  const [timelock, recovery, seat] = [get("timelock").address, get("recovery").address, get("seat").address];
  await transferRoles({ signer, timelock, recovery, seat, guardian: governance.guardian, fees });
  onStep("The deployer has no role");

  const contractOf = (name: StepName) => ({ address: get(name).address, codeHash: get(name).codeHash });
  return parseNetworkDescriptor({
    version: 1,
    name: label === "local" ? label : `${label}-${genesis.hash.slice(2, 10)}`,
    chainId,
    genesisHash: genesis.hash,
    consensus,
    finality,
    ...(governance.rehearsal && { rehearsal: true }),
    deployments: [
      {
        fromBlock: get("did").fromBlock,
        forwarder: contractOf("forwarder"),
        timelock: contractOf("timelock"),
        recovery: contractOf("recovery"),
        seat: contractOf("seat"),
        registries: { did: contractOf("did"), trust: contractOf("trust"), status: contractOf("status") },
        slots: SLOTS,
      },
    ],
    previous: null,
    signatures: [],
  });
}

async function expectAddress(contract: Contract, getter: string, wanted: Address): Promise<void> {
  const got = String(await contract.getFunction(getter)()).toLowerCase();
  if (got !== wanted) {
    throw new CliError("CONFIGURATION", `${getter} of the contract at ${contract.target} is ${got}, wanted ${wanted}`);
  }
}
