import {
  councilSeatAbi,
  didRegistryAbi,
  forwarderAbi,
  statusRegistryAbi,
  timelockAbi,
  trustRegistryAbi,
} from "../../resolver/abi.ts";
import type { Hex } from "../../resolver/index.ts";
import { keccak256 } from "../../resolver/primitives/keccak.ts";
import code from "./artifacts.json" with { type: "json" };

/** The contracts of a network. */
export type ContractName = keyof typeof code;

/** A compiled contract that can be deployed, and recognised where it is. */
export interface CreatedContract {
  readonly contractName: string;
  readonly abi: readonly { readonly type: string }[];
  /** Code that creates the contract, before the constructor's arguments. */
  readonly bytecode: Hex;
  /** Code that is then on the chain, with zeros where the constructor's values are. */
  readonly deployedBytecode: Hex;
  /** Where the constructor's values stand in the deployed code. */
  readonly immutables: readonly ImmutablePlace[];
}

/** A compiled contract of a network. */
export interface Artifact extends CreatedContract {
  readonly contractName: ContractName;
}
export type Artifacts = Readonly<Record<ContractName, Artifact>>;

/**
 * The contracts that this version deploys and expects, as compiled and reviewed: `npm run compile` writes them, and a test
 * compiles the sources and compares. So neither deploying nor checking a network needs a compiler.
 */
export const ARTIFACTS: Artifacts = {
  ERC2771Forwarder: pinned("ERC2771Forwarder", forwarderAbi),
  TimelockController: pinned("TimelockController", timelockAbi),
  DidRegistry: pinned("DidRegistry", didRegistryAbi),
  TrustRegistry: pinned("TrustRegistry", trustRegistryAbi),
  StatusRegistry: pinned("StatusRegistry", statusRegistryAbi),
  CouncilSeat: pinned("CouncilSeat", councilSeatAbi),
};

function pinned(contractName: ContractName, abi: Artifact["abi"]): Artifact {
  const { bytecode, deployedBytecode, immutables } = code[contractName];
  return {
    contractName,
    abi,
    bytecode: bytecode as Hex,
    deployedBytecode: deployedBytecode as Hex,
    immutables,
  };
}

/** Whether deployed code is what the compiler made of a contract, whatever the constructor's values in it. */
export function isCodeOf(
  { immutables, deployedBytecode }: Pick<CreatedContract, "immutables" | "deployedBytecode">,
  deployed: string,
): boolean {
  const hash = (text: string) => keccak256(withoutImmutables(immutables, text));
  return hash(deployed) === hash(deployedBytecode);
}

/** Where a value of the constructor stands in deployed code, in bytes. */
export interface ImmutablePlace {
  readonly start: number;
  readonly length: number;
}

/** Deployed code with zeros for the constructor's values: what the compiler alone decides. */
export function withoutImmutables(places: readonly ImmutablePlace[], code: string): `0x${string}` {
  return places.reduce((text, { start, length }) => {
    const from = 2 + 2 * start;
    return text.slice(0, from) + "0".repeat(2 * length) + text.slice(from + 2 * length);
  }, code) as `0x${string}`;
}
