import { Contract, type Signer } from "ethers";
import type { Address } from "../../resolver/index.ts";
import { CliError } from "../terminal/errors.ts";
import type { FeeFields } from "../transaction/gas-price.ts";
import { explain } from "../transaction/send.ts";
import type { Artifact } from "./artifacts.ts";

/** Who governs a network's credential types and roots. */
export interface Governance {
  /** Proposes types and roots to the timelock, and withdraws grants at once. */
  readonly council: Address;
  /** Cancels what the council proposed. */
  readonly guardian: Address;
  /** How long the timelock waits before anything can be executed, in seconds. */
  readonly delay: number;
}

/** How long a transaction may take to be mined, in milliseconds. */
const MINED_WITHIN_MS = 120_000;

export interface HandOver {
  readonly signer: Signer;
  readonly timelock: Address;
  /** Of the timelock. */
  readonly artifact: Artifact;
  readonly governance: Governance;
  readonly fees: FeeFields;
}

/**
 * Makes the guardian a canceller, then takes the deployer's own power away. What was done before is not done again, so
 * that an interrupted deployment can go on.
 *
 * @throws CliError `CONFIGURATION` when the guardian can't be made a canceller any more.
 */
export async function handOver({ signer, timelock, artifact, governance, fees }: HandOver): Promise<void> {
  const deployer = await signer.getAddress();
  const contract = new Contract(timelock, artifact.abi, signer);
  const call = (name: string, ...args: unknown[]) => contract.getFunction(name)(...args, fees);
  const [admin, canceller] = [
    await contract.getFunction("DEFAULT_ADMIN_ROLE")(),
    await contract.getFunction("CANCELLER_ROLE")(),
  ];
  const has = (role: string, account: string): Promise<boolean> => contract.getFunction("hasRole")(role, account);
  try {
    const governs = await has(admin, deployer);
    if (!(await has(canceller, governance.guardian))) {
      if (!governs) {
        throw new CliError(
          "CONFIGURATION",
          `The timelock at ${timelock} has no canceller ${governance.guardian}, and the deployer no power to add it: deploy again`,
        );
      }
      await (await call("grantRole", canceller, governance.guardian)).wait(1, MINED_WITHIN_MS);
    }
    if (governs) await (await call("renounceRole", admin, deployer)).wait(1, MINED_WITHIN_MS);
  } catch (error) {
    throw explain(error, deployer);
  }
}
