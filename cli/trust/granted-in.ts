import type { Contract, Provider } from "ethers";
import { type Hash, UnavailableError } from "../../resolver/index.ts";

/**
 * The id of the grant that a transaction made: from its receipt, since another's grant that is mined first takes the number.
 *
 * @throws UnavailableError when the chain's server has no such transaction now, or one without a grant.
 */
export async function grantedIn(trust: Contract, transaction: Hash): Promise<Hash> {
  const receipt = await (trust.runner as Provider).getTransactionReceipt(transaction);
  const logs = receipt?.logs.filter(({ address }) => address.toLowerCase() === trust.target) ?? [];
  for (const log of logs) {
    const event = trust.interface.parseLog(log);
    if (event?.name === "Granted") return event.args.getValue("grantId");
  }
  throw new UnavailableError(`The chain's server shows no grant in transaction ${transaction}: ask it again`);
}
