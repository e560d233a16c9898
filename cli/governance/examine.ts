import type { Provider } from "ethers";
import { ROLE_GRANTED, ROLE_REVOKED } from "../../node/governance/roles.ts";
import { allLogs, type ChainReader, type Deployment } from "../../resolver/index.ts";
import type { Governance } from "../deploy/governance.ts";
import { moment } from "../transaction/did-call.ts";
import { type CodeFault, codeFaults, type WiringFault } from "./check-code.ts";
import { type ComingFault, comingFaults } from "./coming.ts";
import { expectedRoles, type RoleFault, roleFaults } from "./expected-roles.ts";
import { type DelayFault, type Delays, delayFaults, readDelays } from "./read-delays.ts";
import { OPERATION_TOPICS, type Operation, readOperations } from "./read-operations.ts";
import { type RoleHolders, readRoles } from "./read-roles.ts";

export type GovernanceFault = RoleFault | ComingFault | DelayFault | CodeFault | WiringFault;

/** Who governs a network now, what is coming, and what of it should not be so. */
export interface Examination {
  readonly roles: readonly RoleHolders[];
  readonly delays: Delays;
  /** Pending in the timelock, whatever they do. */
  readonly operations: readonly Operation[];
  readonly faults: readonly GovernanceFault[];
}

export interface ExaminationOptions {
  readonly reader: ChainReader;
  readonly provider: Provider;
  readonly deployment: Deployment;
  /** Who should govern; without it only what must be so in every network is compared. */
  readonly governance: Governance | undefined;
  /** Number of the block as of which is judged. */
  readonly block: number;
}

/**
 * Reads all of a network's governance from the chain and compares it with what it should be.
 * @throws UnavailableError when the chain can't be asked or contradicts itself.
 */
export async function examineGovernance(options: ExaminationOptions): Promise<Examination> {
  const { reader, provider, deployment, governance, block } = options;
  const timelock = deployment.timelock.address;
  const addresses = [timelock, deployment.registries.trust.address];
  const topics = [ROLE_GRANTED, ROLE_REVOKED, ...OPERATION_TOPICS];
  // They are in no head, so only the chain has them; the timelocks are older than the registries.
  const logs = await allLogs(reader, { addresses, events: topics, fromBlock: 0, toBlock: block });
  const roles = await readRoles(provider, deployment, logs, block);
  const operations = await readOperations(provider, timelock, logs, block);
  const delays = await readDelays(provider, deployment, block);
  const expected = expectedRoles(roles, deployment, governance);
  const faults = [
    ...roleFaults(roles, expected),
    ...comingFaults(operations, { deployment, expected, governance }),
    ...delayFaults(delays, governance),
    ...(await codeFaults(reader, provider, deployment)),
  ];
  return { roles, delays, operations, faults };
}

/** A fault for a person. */
export function faultInWords(fault: GovernanceFault): string {
  switch (fault.fault) {
    case "unexpected":
    case "missing":
      return `${fault.account} as ${fault.contract} ${fault.role} is ${fault.fault}`;
    case "coming":
      return `operation ${fault.operation} can be executed from ${moment(fault.readyAt)} and would call ${fault.call}`;
    case "delay":
      return `the delay of the ${fault.contract} is ${fault.is} s, wanted ${fault.wanted} s`;
    case "pendingAdmin":
      return `${fault.account} can become trust admin from ${moment(fault.from)}`;
    case "pendingDelay":
      return `the delay of the trust admin becomes ${fault.delay} s at ${moment(fault.from)}`;
    case "code":
      return `the code of ${fault.contract} at ${fault.address} (hash ${fault.codeHash}) is not what this version of Mapae compiles`;
    case "wiring":
      return `${fault.getter} of ${fault.contract} is ${fault.is}, wanted ${fault.wanted}`;
  }
}
