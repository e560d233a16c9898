import type { Address, Deployment } from "../../resolver/index.ts";
import { ZERO_ADDRESS } from "../../resolver/primitives/hex.ts";
import type { Governance } from "../deploy/governance.ts";
import type { RoleHolders } from "./read-roles.ts";

/** An account that has a role but should not, or the other way around. */
export interface RoleFault {
  readonly fault: "unexpected" | "missing";
  readonly contract: string;
  readonly role: string;
  readonly account: Address;
}

/**
 * The accounts that should hold each role, by contract and role, such as `trust council`. Nobody should hold a role that is
 * missing here.
 */
export type ExpectedRoles = Readonly<Record<string, readonly Address[]>>;

/**
 * The accounts that should hold each role.
 *
 * @param roles the current holders. Without a governance file, the guardian is any account with the proposer role of the
 * recovery timelock, and only the rules for every network apply.
 */
export function expectedRoles(
  roles: readonly RoleHolders[],
  { timelock, seat }: Deployment,
  governance: Pick<Governance, "guardian"> | undefined,
): ExpectedRoles {
  const council = [seat.address];
  const guardian = governance === undefined ? holdersOf(roles, "recovery", "proposer") : [governance.guardian];
  return {
    "timelock admin": [timelock.address],
    "timelock proposer": council,
    "timelock canceller": [...council, ...guardian],
    "timelock executor": [ZERO_ADDRESS],
    // The recovery timelock is not its own admin: it can replace the council and do nothing else.
    "recovery admin": [timelock.address],
    "recovery proposer": guardian,
    "recovery canceller": [...council, ...guardian],
    "recovery executor": [ZERO_ADDRESS],
    "trust admin": [timelock.address],
    "trust council": council,
    "trust roots": [timelock.address],
    "trust types": [timelock.address],
  };
}

/** Compares the holders of each role with those that should hold it. */
export function roleFaults(roles: readonly RoleHolders[], expected: ExpectedRoles): RoleFault[] {
  return roles.flatMap(({ contract, role, holders }) => {
    const wanted = expected[`${contract} ${role}`] ?? [];
    const unexpected = holders.filter((account) => !wanted.includes(account));
    const missing = wanted.filter((account) => !holders.includes(account));
    return [
      ...unexpected.map((account): RoleFault => ({ fault: "unexpected", contract, role, account })),
      ...[...new Set(missing)].map((account): RoleFault => ({ fault: "missing", contract, role, account })),
    ];
  });
}

function holdersOf(roles: readonly RoleHolders[], contract: string, role: string): readonly Address[] {
  return roles.find((one) => one.contract === contract && one.role === role)?.holders ?? [];
}
