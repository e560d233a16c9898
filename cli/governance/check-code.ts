import { Contract, type Provider } from "ethers";
import type { Address, ChainReader, Deployment, Hash, Hex } from "../../resolver/index.ts";
import { keccak256 } from "../../resolver/primitives/keccak.ts";
import { ARTIFACTS, isCodeOf } from "../deploy/artifacts.ts";
import { SLOTS, STEPS, type StepName } from "../deploy/deploy-network.ts";

/** A contract whose code differs from the reviewed code of this version of Mapae. */
export interface CodeFault {
  readonly fault: "code";
  readonly contract: StepName;
  readonly address: Address;
  readonly codeHash: Hash;
}

/** A contract that refers to another contract than the network's. */
export interface WiringFault {
  readonly fault: "wiring";
  readonly contract: StepName;
  /** The getter with the wrong address, such as `trustedForwarder`. */
  readonly getter: string;
  readonly is: Address;
  readonly wanted: Address;
}

/** A storage slot that the descriptor states otherwise than it is: proofs would show another value, or that there is none. */
export interface SlotFault {
  readonly fault: "slot";
  readonly name: keyof typeof SLOTS;
  readonly is: number;
  readonly wanted: number;
}

/** Compares the storage slots that a descriptor states with those of the contracts. Older descriptors leave out some. */
export function slotFaults({ slots }: Pick<Deployment, "slots">): SlotFault[] {
  return (Object.keys(SLOTS) as (keyof typeof SLOTS)[]).flatMap((name): SlotFault[] => {
    const [is, wanted] = [slots[name], SLOTS[name]];
    return is === undefined || is === wanted ? [] : [{ fault: "slot", name, is, wanted }];
  });
}

/**
 * Compares every contract of a deployment with the compiled code of this version. The descriptor's code hashes are not enough:
 * the deployer wrote them, so they show only that nothing has changed since. Values of the constructor are left out of the
 * comparison of code, and read by the contract's getters.
 */
export async function codeFaults(
  reader: ChainReader,
  provider: Provider,
  deployment: Deployment,
): Promise<(CodeFault | WiringFault)[]> {
  const faults: (CodeFault | WiringFault)[] = [];
  const codes = await reader.codes(STEPS.map(({ name }) => addressOf(deployment, name)));
  for (const [at, { name, contract, knows }] of STEPS.entries()) {
    const address = addressOf(deployment, name);
    const code = codes[at] as Hex;
    if (!isCodeOf(ARTIFACTS[contract], code)) {
      faults.push({ fault: "code", contract: name, address, codeHash: keccak256(code) });
      continue;
    }
    for (const [getter, before] of Object.entries(knows)) {
      const view = [`function ${getter}() view returns (address)`];
      const is = String(await new Contract(address, view, provider).getFunction(getter)()).toLowerCase() as Address;
      const wanted = addressOf(deployment, before);
      if (is !== wanted) faults.push({ fault: "wiring", contract: name, getter, is, wanted });
    }
  }
  return faults;
}

/** The address of a contract of a deployment. */
export function addressOf({ forwarder, timelock, recovery, seat, registries }: Deployment, name: StepName): Address {
  return { forwarder, timelock, recovery, seat, ...registries }[name].address;
}
