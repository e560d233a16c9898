import { type Hash, ZERO_HASH } from "../../resolver/primitives/hex.ts";
import { keccak256Text } from "../../resolver/primitives/keccak.ts";

/** Roles of OpenZeppelin's timelock. */
const TIMELOCK = {
  admin: ZERO_HASH,
  proposer: keccak256Text("PROPOSER_ROLE"),
  canceller: keccak256Text("CANCELLER_ROLE"),
  executor: keccak256Text("EXECUTOR_ROLE"),
} as const;

/** The roles of governance by their ids, for each contract that has any: two timelocks, and `TrustRegistry`. */
export const ROLES = {
  timelock: TIMELOCK,
  recovery: TIMELOCK,
  trust: {
    admin: ZERO_HASH,
    council: keccak256Text("mapae.council"),
    roots: keccak256Text("mapae.roots"),
    types: keccak256Text("mapae.types"),
  },
} as const satisfies Record<string, Record<string, Hash>>;

/** A contract that has roles. */
export type Governed = keyof typeof ROLES;

/** The name of a contract's role; its id where it has no name. */
export function roleName(contract: string, role: string): string {
  const roles: Readonly<Record<string, Readonly<Record<string, Hash>>>> = ROLES;
  return Object.entries(roles[contract] ?? {}).find(([, id]) => id === role)?.[0] ?? role;
}

/** Topics of OpenZeppelin's `IAccessControl`; the role and the account are topics 1 and 2. */
export const ROLE_GRANTED = keccak256Text("RoleGranted(bytes32,address,address)");
export const ROLE_REVOKED = keccak256Text("RoleRevoked(bytes32,address,address)");

/** Topic of `ICouncilSeat`; the previous holder and the next are topics 1 and 2. */
export const HOLDER_REPLACED = keccak256Text("HolderReplaced(address,address)");
