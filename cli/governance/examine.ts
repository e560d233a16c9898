import { Contract, type Provider } from "ethers";
import { ROLE_GRANTED, ROLE_REVOKED } from "../../node/governance/roles.ts";
import type { Address, ChainReader, Deployment } from "../../resolver/index.ts";
import type { Governance } from "../deploy/governance.ts";
import { INTERFACES } from "../transaction/interfaces.ts";
import { moment } from "../values/time.ts";
import { type CodeFault, codeFaults, type SlotFault, slotFaults, type WiringFault } from "./check-code.ts";
import { type CreationFault, creationFaults } from "./check-creation.ts";
import { type ComingFault, comingFaults } from "./coming.ts";
import { expectedRoles, type RoleFault, roleFaults } from "./expected-roles.ts";
import { holderOf } from "./propose.ts";
import { type DelayFault, type Delays, delayFaults, readDelays } from "./read-delays.ts";
import { readEvents } from "./read-events.ts";
import { OPERATION_TOPICS, type Operation, readOperations } from "./read-operations.ts";
import { type RoleHolders, readRoles } from "./read-roles.ts";

/** The council's seat is held by another account than the governance file's council. */
export interface HolderFault {
  readonly fault: "holder";
  readonly is: Address;
  readonly wanted: Address;
}

export type GovernanceFault =
  | RoleFault
  | HolderFault
  | ComingFault
  | DelayFault
  | CodeFault
  | WiringFault
  | SlotFault
  | CreationFault;

/** The governance of a network now, its pending operations, and its faults. */
export interface Examination {
  readonly roles: readonly RoleHolders[];
  /** The account that holds the council's seat. */
  readonly council: Address;
  readonly delays: Delays;
  /** All pending operations of the timelocks. */
  readonly operations: readonly Operation[];
  readonly faults: readonly GovernanceFault[];
}

export interface ExaminationOptions {
  readonly reader: ChainReader;
  readonly provider: Provider;
  readonly deployment: Deployment;
  /** The governance that should be; without it only the rules for every network are checked. */
  readonly governance: Governance | undefined;
  /** Number of the block as of which governance is read. */
  readonly block: number;
  /** Called with the number of blocks whose events are read, and their total: this takes most of the time. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Reads a network's whole governance from the chain and compares it with what it should be.
 * @throws UnavailableError when the chain can't be asked or contradicts itself.
 */
export async function examineGovernance(options: ExaminationOptions): Promise<Examination> {
  const { reader, provider, deployment, governance, block, onProgress } = options;
  const timelocks = [deployment.timelock.address, deployment.recovery.address];
  const addresses = [...timelocks, deployment.registries.trust.address];
  const topics = [ROLE_GRANTED, ROLE_REVOKED, ...OPERATION_TOPICS];
  const logs = await readEvents({ reader, addresses, topics, toBlock: block, ...(onProgress && { onProgress }) });
  const roles = await readRoles(provider, deployment, logs, block);
  const operations: Operation[] = [];
  for (const timelock of timelocks) operations.push(...(await readOperations(provider, timelock, logs, block)));
  const council = await holderOf(new Contract(deployment.seat.address, INTERFACES.seat, provider), block);
  const delays = await readDelays(provider, deployment, block);
  const expected = expectedRoles(roles, deployment, governance);
  const faults = [
    ...roleFaults(roles, expected),
    ...holderFaults(council, governance),
    ...comingFaults(operations, { deployment, expected, governance }),
    ...delayFaults(delays, governance),
    ...(await codeFaults(reader, provider, deployment)),
    ...slotFaults(deployment),
    ...(await creationFaults(provider, deployment, logs)),
  ];
  return { roles, council, delays, operations, faults };
}

function holderFaults(is: Address, governance: Governance | undefined): HolderFault[] {
  if (governance === undefined || governance.council === is) return [];
  return [{ fault: "holder", is, wanted: governance.council }];
}

/** A fault as text. */
export function faultInWords(fault: GovernanceFault): string {
  switch (fault.fault) {
    case "unexpected":
    case "missing":
      return `${fault.account} as ${fault.contract} ${fault.role} is ${fault.fault}`;
    case "holder":
      return `${fault.is} holds the council's seat, wanted ${fault.wanted}`;
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
    case "creation":
      return (
        `${fault.contract} at ${fault.address} was not created by the creation code of this version of Mapae: its storage may hold a ` +
        "role or the owner of a DID of which no event tells"
      );
    case "slot":
      return `the descriptor states slot ${fault.is} for ${fault.name}, wanted ${fault.wanted}: proofs would show something else`;
    case "wiring":
      return `${fault.getter} of ${fault.contract} is ${fault.is}, wanted ${fault.wanted}`;
  }
}
