import { Contract, type Interface, type Provider } from "ethers";
import type { Address, Deployment } from "../../resolver/index.ts";
import { ZERO_ADDRESS } from "../../resolver/primitives/hex.ts";
import { type Governance, RECOVERY_DELAY_S } from "../deploy/governance.ts";
import { INTERFACES } from "../transaction/interfaces.ts";

/** Delay of a change of the trust registry's admin: the contract's 3 days, in seconds. */
const ADMIN_DELAY_S = 259_200;

/** The delays of governance, and pending changes to them and to the admin. */
export interface Delays {
  /** Delay of an operation in the timelock, in seconds. */
  readonly timelock: number;
  /** Delay of the replacement of a lost council, in seconds. */
  readonly recovery: number;
  /** Delay of a change of the trust registry's admin, in seconds. */
  readonly trustAdmin: number;
  /** The account that can become admin of the trust registry, and from when, in Unix seconds; `null` for none. */
  readonly pendingAdmin: { readonly account: Address; readonly from: number } | null;
  /** The delay that `trustAdmin` becomes, and from when, in Unix seconds; `null` when it stays. */
  readonly pendingTrustAdmin: { readonly delay: number; readonly from: number } | null;
}

/** A delay, or a pending transfer, that differs from what it should be. */
export type DelayFault =
  | { readonly fault: "delay"; readonly contract: string; readonly is: number; readonly wanted: number }
  | { readonly fault: "pendingAdmin"; readonly account: Address; readonly from: number }
  | { readonly fault: "pendingDelay"; readonly delay: number; readonly from: number };

/** Reads the delays as of a block. */
export async function readDelays(
  provider: Provider,
  { timelock, recovery, registries }: Deployment,
  block: number,
): Promise<Delays> {
  const ask = (address: string, abi: Interface, name: string) =>
    new Contract(address, abi, provider).getFunction(name)({ blockTag: block });
  const trust = (name: string) => ask(registries.trust.address, INTERFACES.trust, name);
  const [account, from] = await trust("pendingDefaultAdmin");
  const [delay, effect] = await trust("pendingDefaultAdminDelay");
  return {
    timelock: Number(await ask(timelock.address, INTERFACES.timelock, "getMinDelay")),
    recovery: Number(await ask(recovery.address, INTERFACES.timelock, "getMinDelay")),
    trustAdmin: Number(await trust("defaultAdminDelay")),
    pendingAdmin: account === ZERO_ADDRESS ? null : { account: account.toLowerCase(), from: Number(from) },
    pendingTrustAdmin: Number(effect) === 0 ? null : { delay: Number(delay), from: Number(effect) },
  };
}

/** Compares the delays with the governance file, and with the values that every network has. */
export function delayFaults(delays: Delays, governance: Governance | undefined): DelayFault[] {
  const { timelock, recovery, trustAdmin, pendingAdmin, pendingTrustAdmin } = delays;
  const faults: DelayFault[] = [];
  if (governance !== undefined && governance.delay !== timelock) {
    faults.push({ fault: "delay", contract: "timelock", is: timelock, wanted: governance.delay });
  }
  if (recovery !== RECOVERY_DELAY_S) {
    faults.push({ fault: "delay", contract: "recovery", is: recovery, wanted: RECOVERY_DELAY_S });
  }
  if (trustAdmin !== ADMIN_DELAY_S) {
    faults.push({ fault: "delay", contract: "trust", is: trustAdmin, wanted: ADMIN_DELAY_S });
  }
  if (pendingAdmin !== null) faults.push({ fault: "pendingAdmin", ...pendingAdmin });
  if (pendingTrustAdmin !== null) faults.push({ fault: "pendingDelay", ...pendingTrustAdmin });
  return faults;
}
