import { Contract, type Signer } from "ethers";
import { ROLES } from "../../node/governance/roles.ts";
import { timelockAbi } from "../../resolver/abi.ts";
import type { Address, Hash } from "../../resolver/index.ts";
import { CliError } from "../terminal/errors.ts";
import type { FeeFields } from "../transaction/gas-price.ts";
import { explain } from "../transaction/send.ts";

/** Who governs a network's credential types and roots. */
export interface Governance {
  /** Holds the council's seat: proposes types and roots to the timelock, and withdraws grants at once. */
  readonly council: Address;
  /** Cancels what the council proposed, and proposes to replace a council that is lost. */
  readonly guardian: Address;
  /** How long the timelock waits before anything can be executed, in seconds. */
  readonly delay: number;
  /** The delay may be of seconds: the network is there to be practised on, and its descriptor says so forever. */
  readonly rehearsal?: true;
}

/** How long a transaction may take to be mined, in milliseconds. */
const MINED_WITHIN_MS = 120_000;

/** How long the recovery timelock waits, in seconds: 60 days, in which a council that is there sees it and cancels. */
export const RECOVERY_DELAY_S = 5_184_000;

export interface HandOver {
  readonly signer: Signer;
  readonly timelock: Address;
  readonly recovery: Address;
  readonly seat: Address;
  readonly guardian: Address;
  readonly fees: FeeFields;
}

/**
 * Gives the roles of both timelocks to the council's seat and the guardian, then takes the deployer's own power away. The
 * timelock administers the recovery timelock, so that a guardian that is lost can be replaced too. What was done before is
 * not done again, so that an interrupted deployment can go on.
 *
 * @throws CliError `CONFIGURATION` when a role is missing and the deployer can't give it any more.
 */
export async function handOver({ signer, timelock, recovery, seat, guardian, fees }: HandOver): Promise<void> {
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

/** Gives roles of one timelock; where another account is to be its admin, it is not its own afterwards; the deployer never is. */
async function settle(
  { signer, fees, timelock }: { signer: Signer; fees: FeeFields; timelock: Address },
  grants: readonly { readonly role: Hash; readonly account: Address }[],
): Promise<void> {
  const { admin } = ROLES.timelock;
  const deployer = await signer.getAddress();
  const contract = new Contract(timelock, timelockAbi, signer);
  const has = (role: string, account: string): Promise<boolean> => contract.getFunction("hasRole")(role, account);
  const call = async (name: string, role: string, account: string) => {
    const sent = await contract.getFunction(name)(role, account, fees);
    await sent.wait(1, MINED_WITHIN_MS);
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
