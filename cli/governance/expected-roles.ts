import type { Address, Deployment } from "../../resolver/index.ts";
import { ZERO_ADDRESS } from "../../resolver/primitives/hex.ts";
import type { Governance } from "../deploy/governance.ts";
import type { RoleHolders } from "./read-roles.ts";

/** A role that is not held as the governance says. */
export interface RoleFault {
  readonly fault: "unexpected" | "missing";
  readonly contract: string;
  readonly role: string;
  readonly account: Address;
}

/** Who should hold each role, by contract and role, such as `trust council`. A role that is not in it nobody should. */
export type ExpectedRoles = Readonly<Record<string, readonly Address[]>>;

/**
 * Who should hold which role.
 *
 * @param roles who does. Without a governance the guardian is any account that proposes recovery, and only what must be so in every
 * network is known.
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
    // Not its own admin: it can replace the council and do nothing else.
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

/** Compares who holds which role with who should. */
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
