import { Contract, type Signer } from "ethers";
import type { Address, Hex } from "../../resolver/index.ts";
import { CliError } from "../terminal/errors.ts";
import type { FeeFields } from "../transaction/gas-price.ts";
import { INTERFACES } from "../transaction/interfaces.ts";
import { newestBlock, providerOf } from "../transaction/provider.ts";
import { explain, send } from "../transaction/send.ts";
import { signAhead, VALID_FOR_S } from "./request.ts";

/** Default number of nonces that are used up: a request is valid only after all nonces before its own were used. */
export const CANCELLED = 8;
/** Most nonces that one transaction uses up; each takes some 40 000 gas. */
export const MAX_CANCELLED = 100;

/** Gas for {@link NOTHING}, which takes some 500. */
const GAS = 30_000n;

/** The call of a request that only uses up a nonce: it reads a constant of the registry. */
const NOTHING = INTERFACES.did.encodeFunctionData("trustedForwarder") as Hex;

export interface Cancelling {
  /** The account that signed the requests, with a provider; it pays. */
  readonly signer: Signer;
  readonly forwarder: Address;
  /** A registry that trusts the forwarder. */
  readonly registry: Address;
  readonly chainId: number;
  readonly count: number;
  readonly fees: FeeFields;
}

/** Which requests are void, and until when others could be sent. */
export interface Cancelled {
  readonly from: Address;
  /** The next nonce of the account: requests with a lower one are void. */
  readonly nonce: string;
  readonly transaction: `0x${string}` | null;
  readonly block: number | null;
  /** Unix time after which no request that `mapae` signed until now can be sent. */
  readonly lastDeadline: number;
}

/**
 * Uses up the next nonces of an account at the forwarder, so that no request that it signed with one of them can be sent: a
 * relayer may hold one back. Nonces that are used at the same time by somebody else are skipped.
 *
 * @throws CliError `REFUSED` when they are still unused afterwards; what {@link send} throws.
 */
export async function cancelRequests(cancelling: Cancelling): Promise<Cancelled> {
  const { signer, forwarder, registry, chainId, count, fees } = cancelling;
  const provider = providerOf(signer);
  const from = (await signer.getAddress()).toLowerCase() as Address;
  const contract = new Contract(forwarder, INTERFACES.forwarder, provider);
  const read = <T>(answer: Promise<T>): Promise<T> =>
    answer.catch((error: unknown) => {
      throw explain(error, from);
    });
  const nonces = (): Promise<bigint> => read(contract.getFunction("nonces")(from));
  const first = await nonces();
  const nothing = { to: registry, data: NOTHING, gas: GAS };
  const requests = await signAhead({ signer, forwarder, chainId, ...nothing, first, count });
  // With a refund receiver, the forwarder skips a request whose nonce was used in the meantime. There is nothing to refund.
  const data = contract.interface.encodeFunctionData("executeBatch", [requests, from]) as Hex;
  const { transaction, block } = await send({ signer, to: forwarder, data, fees });
  const nonce = await nonces();
  if (nonce < first + BigInt(count)) {
    throw new CliError("REFUSED", `The next nonce of ${from} is ${nonce}, wanted ${first + BigInt(count)}: try again`);
  }
  const { timestamp } = await read(newestBlock(provider));
  return { from, nonce: String(nonce), transaction, block, lastDeadline: timestamp + VALID_FOR_S };
}
