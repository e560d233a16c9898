import type { Address, Deployment } from "../../resolver/index.ts";
import { ZERO_ADDRESS } from "../../resolver/primitives/hex.ts";
import type { Governance } from "../deploy/governance.ts";
import type { RoleHolders } from "./read-roles.ts";

/** A role that is not held as the governance says. */
export interface RoleFault {
  readonly contract: string;
  readonly role: string;
  readonly account: Address;
  readonly fault: "unexpected" | "missing";
}

/**
 * Compares who holds which role with who should.
 *
 * @param governance who governs; without it the council and the guardian are who holds their roles, and what must be whatever
 * they are is compared.
 */
export function roleFaults(
  roles: readonly RoleHolders[],
  { timelock }: Deployment,
  governance: Pick<Governance, "council" | "guardian"> | undefined,
): RoleFault[] {
  const council = governance === undefined ? holdersOf(roles, "trust", "council") : [governance.council];
  const cancellers =
    governance === undefined ? holdersOf(roles, "timelock", "canceller") : [governance.council, governance.guardian];
  const expected: Record<string, readonly Address[]> = {
    "timelock admin": [timelock.address],
    "timelock proposer": council,
    "timelock canceller": [...council, ...cancellers],
    "timelock executor": [ZERO_ADDRESS],
    "trust admin": [timelock.address],
    "trust council": council,
    "trust roots": [timelock.address],
    "trust types": [timelock.address],
  };
  return roles.flatMap(({ contract, role, holders }) => {
    const wanted = expected[`${contract} ${role}`] ?? [];
    const unexpected = holders.filter((account) => !wanted.includes(account));
    const missing = wanted.filter((account) => !holders.includes(account));
    return [
      ...unexpected.map((account): RoleFault => ({ contract, role, account, fault: "unexpected" })),
      ...[...new Set(missing)].map((account): RoleFault => ({ contract, role, account, fault: "missing" })),
    ];
  });
}

function holdersOf(roles: readonly RoleHolders[], contract: string, role: string): readonly Address[] {
  return roles.find((one) => one.contract === contract && one.role === role)?.holders ?? [];
}
