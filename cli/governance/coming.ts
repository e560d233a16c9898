import { roleName } from "../../node/governance/roles.ts";
import type { Address, Deployment, Hash } from "../../resolver/index.ts";
import type { Governance } from "../deploy/governance.ts";
import { INTERFACES } from "../transaction/interfaces.ts";
import type { ExpectedRoles } from "./expected-roles.ts";
import type { Operation, OperationCall } from "./read-operations.ts";

/** A pending operation that would make governance differ from what it should be. */
export interface ComingFault {
  readonly fault: "coming";
  readonly operation: Hash;
  readonly readyAt: number;
  /** The call that would do it, such as `timelock.grantRole(proposer, 0x…)`. */
  readonly call: string;
}

/** The contracts of which governance may call functions. */
const CALLED = {
  timelock: INTERFACES.timelock,
  recovery: INTERFACES.timelock,
  seat: INTERFACES.seat,
  trust: INTERFACES.trust,
};

/** What pending operations are compared with. */
export interface ComingQuestion {
  readonly deployment: Deployment;
  readonly expected: ExpectedRoles;
  readonly governance: Governance | undefined;
}

/**
 * The calls of pending operations that would make governance differ from what it should be. New credential types and roots are
 * never faults. A change of roles or of the delay is a fault unless it agrees with the governance file.
 */
export function comingFaults(operations: readonly Operation[], question: ComingQuestion): ComingFault[] {
  return operations.flatMap(({ operation, readyAt, calls }) =>
    calls
      .filter((call) => !isExpected(call, question))
      .map(
        (call): ComingFault => ({ fault: "coming", operation, readyAt, call: callInWords(call, question.deployment) }),
      ),
  );
}

function isExpected(call: OperationCall, { deployment, expected, governance }: ComingQuestion): boolean {
  const read = readCall(call, deployment);
  if (read === undefined || call.value !== "0") return false;
  const { contract, name, args } = read;
  switch (`${contract}.${name}`) {
    case "trust.addType":
    case "trust.grantRoot":
    case "trust.extend":
      return true;
    case "seat.replace":
      return governance !== undefined && String(args[0]).toLowerCase() === governance.council;
    case "timelock.updateDelay":
      return governance !== undefined && BigInt(governance.delay) === args[0];
    case "timelock.grantRole":
    case "recovery.grantRole":
    case "trust.grantRole":
      return wantedHolders(expected, contract, args).includes(accountOf(args));
    case "timelock.revokeRole":
    case "recovery.revokeRole":
    case "trust.revokeRole":
      return !wantedHolders(expected, contract, args).includes(accountOf(args));
    default:
      return false;
  }
}

/** A call as text: contract, function and arguments where they are known, otherwise target and data. */
export function callInWords(call: OperationCall, deployment: Deployment): string {
  const read = readCall(call, deployment);
  const value = call.value === "0" ? "" : ` with ${call.value} wei`;
  if (read === undefined) return `${call.target} with data ${call.data.slice(0, 138)}${value}`;
  const { contract, name, args } = read;
  const isOfRole = name.endsWith("Role");
  const words = args.map((one, at) => (isOfRole && at === 0 ? roleName(contract, String(one)) : textOf(one)));
  return `${contract}.${name}(${words.join(", ")})${value}`;
}

function readCall({ target, data }: OperationCall, { timelock, recovery, seat, registries }: Deployment) {
  const contracts = { timelock, recovery, seat, trust: registries.trust };
  const [contract] = (["timelock", "recovery", "seat", "trust"] as const).filter(
    (name) => contracts[name].address === target,
  );
  if (contract === undefined) return undefined;
  try {
    const parsed = CALLED[contract].parseTransaction({ data });
    return parsed === null ? undefined : { contract, name: parsed.name, args: parsed.args.toArray() as unknown[] };
  } catch {
    return undefined; // Data that is no call of the function that its selector names: the contract refuses it too.
  }
}

function wantedHolders(
  expected: ExpectedRoles,
  contract: keyof typeof CALLED,
  [role]: readonly unknown[],
): readonly Address[] {
  return expected[`${contract} ${roleName(contract, String(role))}`] ?? [];
}

function accountOf([, account]: readonly unknown[]): Address {
  return String(account).toLowerCase() as Address;
}

/** A text among the arguments may be chosen by anybody, so it is quoted and cut. */
function textOf(value: unknown): string {
  if (typeof value === "string" && !/^0x[0-9a-fA-F]*$/.test(value)) return JSON.stringify(value.slice(0, 200));
  return String(value).slice(0, 138);
}
