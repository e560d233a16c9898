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

/** A compiled contract that can be deployed, and recognised on the chain. */
export interface CreatedContract {
  readonly contractName: string;
  readonly abi: readonly { readonly type: string }[];
  /** Code that creates the contract, before the constructor's arguments. */
  readonly bytecode: Hex;
  /** Code on the chain after that, with zeros in place of the constructor's values. */
  readonly deployedBytecode: Hex;
  /** The places of the constructor's values in the deployed code. */
  readonly immutables: readonly ImmutablePlace[];
}

/** A compiled contract of a network. */
export interface Artifact extends CreatedContract {
  readonly contractName: ContractName;
}
export type Artifacts = Readonly<Record<ContractName, Artifact>>;

/**
 * The contracts that this version deploys and expects, as compiled and reviewed: `npm run compile` writes them, and a test
 * compiles the sources and compares. Therefore deploying and checking a network need no compiler.
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

/** Whether deployed code is the compiled code of a contract, for any constructor's values. */
export function isCodeOf(
  { immutables, deployedBytecode }: Pick<CreatedContract, "immutables" | "deployedBytecode">,
  deployed: string,
): boolean {
  const hash = (text: string) => keccak256(withoutImmutables(immutables, text));
  return hash(deployed) === hash(deployedBytecode);
}

/** The place of a constructor's value in deployed code, in bytes. */
export interface ImmutablePlace {
  readonly start: number;
  readonly length: number;
}

/** Deployed code with zeros in place of the constructor's values, so that it depends on the compiler only. */
export function withoutImmutables(places: readonly ImmutablePlace[], code: string): `0x${string}` {
  return places.reduce((text, { start, length }) => {
    const from = 2 + 2 * start;
    return text.slice(0, from) + "0".repeat(2 * length) + text.slice(from + 2 * length);
  }, code) as `0x${string}`;
}
