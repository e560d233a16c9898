import { Contract, type Provider } from "ethers";
import { timelockAbi, trustRegistryAbi } from "../../resolver/abi.ts";
import type { Address, Deployment } from "../../resolver/index.ts";
import { ZERO_ADDRESS } from "../../resolver/primitives/hex.ts";
import { type Governance, RECOVERY_DELAY_S } from "../deploy/governance.ts";

/** How long the trust registry's admin waits before another one can take its place: the contract's own 3 days, in seconds. */
const ADMIN_DELAY_S = 259_200;

/** How long governance waits, and what of it is about to change, outside of any role. */
export interface Delays {
  /** How long an operation waits in the timelock, in seconds. */
  readonly timelock: number;
  /** How long the replacement of a lost council waits, in seconds. */
  readonly recovery: number;
  /** How long a new admin of the trust registry waits, in seconds. */
  readonly trustAdmin: number;
  /** Who can become admin of the trust registry, and from when, in Unix seconds; `null` for nobody. */
  readonly pendingAdmin: { readonly account: Address; readonly from: number } | null;
  /** The delay that `trustAdmin` becomes, and from when, in Unix seconds; `null` when it stays. */
  readonly pendingTrustAdmin: { readonly delay: number; readonly from: number } | null;
}

/** A delay or a transfer that is not as it should be. */
export type DelayFault =
  | { readonly fault: "delay"; readonly contract: string; readonly is: number; readonly wanted: number }
  | { readonly fault: "pendingAdmin"; readonly account: Address; readonly from: number }
  | { readonly fault: "pendingDelay"; readonly delay: number; readonly from: number };

/** Reads them as of a block. */
export async function readDelays(
  provider: Provider,
  { timelock, recovery, registries }: Deployment,
  block: number,
): Promise<Delays> {
  const ask = (address: string, abi: typeof timelockAbi | typeof trustRegistryAbi, name: string) =>
    new Contract(address, abi, provider).getFunction(name)({ blockTag: block });
  const trust = (name: string) => ask(registries.trust.address, trustRegistryAbi, name);
  const [account, from] = await trust("pendingDefaultAdmin");
  const [delay, effect] = await trust("pendingDefaultAdminDelay");
  return {
    timelock: Number(await ask(timelock.address, timelockAbi, "getMinDelay")),
    recovery: Number(await ask(recovery.address, timelockAbi, "getMinDelay")),
    trustAdmin: Number(await trust("defaultAdminDelay")),
    pendingAdmin: account === ZERO_ADDRESS ? null : { account: account.toLowerCase(), from: Number(from) },
    pendingTrustAdmin: Number(effect) === 0 ? null : { delay: Number(delay), from: Number(effect) },
  };
}

/** Compares the delays with the governance file's, and with what is the same in every network. */
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
