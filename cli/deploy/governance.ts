import { Contract, type Signer } from "ethers";
import { ROLES } from "../../node/governance/roles.ts";
import type { Address, Hash, Hex } from "../../resolver/index.ts";
import { CliError } from "../terminal/errors.ts";
import type { FeeFields } from "../transaction/gas-price.ts";
import { INTERFACES } from "../transaction/interfaces.ts";
import { explain, transact } from "../transaction/send.ts";

/** The governance of a network's credential types and roots. */
export interface Governance {
  /** Holds the council's seat: proposes types and roots to the timelock, and withdraws grants without delay. */
  readonly council: Address;
  /** Cancels proposals of the council, and proposes to replace a lost council. */
  readonly guardian: Address;
  /** How long the timelock waits before anything can be executed, in seconds. */
  readonly delay: number;
  /** The network is for practice, which its descriptor always shows. The delay may then be some seconds. */
  readonly rehearsal?: true;
}

/** Delay of the recovery timelock, in seconds: 60 days, in which a council that still exists can cancel the recovery. */
export const RECOVERY_DELAY_S = 5_184_000;

export interface TransferRolesOptions {
  readonly signer: Signer;
  readonly timelock: Address;
  readonly recovery: Address;
  readonly seat: Address;
  readonly guardian: Address;
  readonly fees: FeeFields;
}

/**
 * Grants the roles of both timelocks to the council's seat and the guardian, then renounces the deployer's own. The timelock
 * administers the recovery timelock, so that a lost guardian can be replaced too. Steps that are done already are skipped, so
 * that an interrupted deployment can continue.
 *
 * @throws CliError `CONFIGURATION` when a role is missing and the deployer can no longer grant it; what {@link transact} throws.
 */
export async function transferRoles({
  signer,
  timelock,
  recovery,
  seat,
  guardian,
  fees,
}: TransferRolesOptions): Promise<void> {
  const { admin, proposer, canceller } = ROLES.timelock;
  try {
    await settle({ signer, fees, timelock: recovery }, [
      { role: canceller, account: seat },
      { role: admin, account: timelock },
    ]);
    await settle({ signer, fees, timelock }, [
      { role: proposer, account: seat },
      { role: canceller, account: seat },
      { role: canceller, account: guardian },
    ]);
  } catch (error) {
    throw explain(error, await signer.getAddress());
  }
}

/**
 * Grants roles of one timelock. The timelock stops being its own admin if another account becomes its admin; the deployer
 * always stops being it.
 */
async function settle(
  { signer, fees, timelock }: { signer: Signer; fees: FeeFields; timelock: Address },
  grants: readonly { readonly role: Hash; readonly account: Address }[],
): Promise<void> {
  const { admin } = ROLES.timelock;
  const deployer = await signer.getAddress();
  const contract = new Contract(timelock, INTERFACES.timelock, signer);
  const has = (role: string, account: string): Promise<boolean> => contract.getFunction("hasRole")(role, account);
  const call = async (name: string, role: string, account: string) => {
    const data = contract.interface.encodeFunctionData(name, [role, account]) as Hex;
    await transact({ signer, to: timelock, data, fees });
  };
  const governs = await has(admin, deployer);
  for (const { role, account } of grants) {
    if (await has(role, account)) continue;
    if (!governs) {
      throw new CliError(
        "CONFIGURATION",
        `In the timelock at ${timelock} ${account} lacks the role ${role}, and the deployer has no power to give it: deploy again`,
      );
    }
    await call("grantRole", role, account);
  }
  const administered = grants.some(({ role }) => role === admin);
  if (governs && administered && (await has(admin, timelock))) await call("revokeRole", admin, timelock);
  if (governs) await call("renounceRole", admin, deployer);
}
