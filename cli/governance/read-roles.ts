import { Contract, type Provider } from "ethers";
import { type Governed, ROLE_GRANTED, ROLE_REVOKED, ROLES, roleName } from "../../node/governance/roles.ts";
import { type Address, type Deployment, type Hash, type Log, UnavailableError } from "../../resolver/index.ts";
import { INTERFACES } from "../transaction/interfaces.ts";

/** A role of a contract, and all its holders. */
export interface RoleHolders {
  readonly contract: Governed;
  /** Its name; its id when no contract of Mapae has such a role. */
  readonly role: string;
  readonly holders: readonly Address[];
}

/**
 * Lists every holder of every role of a network from the events, and compares each with the contract's storage.
 *
 * @param logs the events of governance up to the block, in the chain's order; other events are ignored.
 * @throws UnavailableError when events and contract differ: the chain's server lost or forged an event.
 */
export async function readRoles(
  provider: Provider,
  deployment: Deployment,
  logs: readonly Log[],
  block: number,
): Promise<RoleHolders[]> {
  const contracts = {
    timelock: new Contract(deployment.timelock.address, INTERFACES.timelock, provider),
    recovery: new Contract(deployment.recovery.address, INTERFACES.timelock, provider),
    trust: new Contract(deployment.registries.trust.address, INTERFACES.trust, provider),
  };
  const found: RoleHolders[] = [];
  for (const name of ["timelock", "recovery", "trust"] as const) {
    const contract = contracts[name];
    const holders = new Map<string, Set<Address>>(Object.values<string>(ROLES[name]).map((role) => [role, new Set()]));
    for (const { address, topics } of logs) {
      const [topic0, role = "", account = ""] = topics;
      if (address.toLowerCase() !== String(contract.target).toLowerCase()) continue;
      if (topic0 !== ROLE_GRANTED && topic0 !== ROLE_REVOKED) continue;
      const who = `0x${account.slice(26)}` as const;
      const ofRole = holders.get(role) ?? new Set();
      if (topic0 === ROLE_GRANTED) ofRole.add(who);
      else ofRole.delete(who);
      holders.set(role, ofRole);
    }
    for (const [role, accounts] of holders) {
      for (const account of accounts) await expectRole(contract, role as Hash, account, block);
      found.push({ contract: name, role: roleName(name, role), holders: [...accounts].sort() });
    }
  }
  return found;
}

async function expectRole(contract: Contract, role: Hash, account: Address, blockTag: number): Promise<void> {
  if (await contract.getFunction("hasRole")(role, account, { blockTag })) return;
  throw new UnavailableError(
    `By its events ${account} holds the role ${role} of ${contract.target}, by its storage it does not: ask another server`,
  );
}
