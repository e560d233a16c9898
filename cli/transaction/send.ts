import { isError, type Signer, type TransactionReceipt, type TransactionResponse } from "ethers";
import { type Address, type Hash, type Hex, MapaeError, UnavailableError } from "../../resolver/index.ts";
import { type RelayFile, signRequest } from "../relay/request.ts";
import { CliError } from "../terminal/errors.ts";
import { expectFunds, whyNotMined } from "./funds.ts";
import type { FeeFields } from "./gas-price.ts";
import { describeRefusal } from "./refusal.ts";
import { methodOf, rpcMessage } from "./rpc-error.ts";

/** How long a transaction may take to be mined, in milliseconds. */
export const MINED_WITHIN_MS = 120_000;

/** A call of a contract. */
export interface ContractCall {
  /** With a provider. */
  readonly signer: Signer;
  readonly to: Address;
  readonly data: Hex;
  readonly fees: FeeFields;
  /** The file for a signed request, which is then not sent to the chain. */
  readonly relay?: RelayFile | undefined;
}

/** The place of a write: on the chain; or, when transaction and block are `null`, in a file for a relayer. */
export interface Written {
  readonly transaction: Hash | null;
  readonly block: number | null;
  /** The file that holds the signed request. */
  readonly request?: string;
}

/** The lines of text with the place of a write. */
export function writtenLines({ transaction, block, request }: Written): string {
  if (request !== undefined) return `  signed       to be sent with mapae relay ${request}`;
  return `  transaction  ${transaction}\n  block        ${block}`;
}

/**
 * Signs a call for a relayer when `relay` is given, otherwise sends it by {@link transact}.
 * @throws what {@link transact} throws.
 */
export async function send({ relay, ...call }: ContractCall): Promise<Written> {
  if (relay === undefined) return transact(call);
  try {
    await signRequest(call, relay);
    return { transaction: null, block: null, request: relay.path };
  } catch (error) {
    throw explain(error, await call.signer.getAddress());
  }
}

/**
 * Sends one transaction and waits for its block. It is simulated first, so that a refusal costs nothing and has a reason.
 *
 * @throws CliError `REFUSED` with the contract's error as text; `NOT_MINED` when it was sent but not mined yet.
 * @throws UnavailableError when the chain can't be asked.
 */
export async function transact({
  signer,
  to,
  data,
  fees,
}: Omit<ContractCall, "relay">): Promise<{ readonly transaction: Hash; readonly block: number }> {
  const from = await signer.getAddress();
  const call = { from, to, data, ...fees };
  try {
    await expectFunds(signer, fees);
    await signer.call(call);
    const blocksBefore = (await signer.provider?.getBlockNumber()) ?? 0;
    const sent = await signer.sendTransaction(call);
    const receipt = await mined(sent, blocksBefore);
    return { transaction: sent.hash as Hash, block: receipt.blockNumber };
  } catch (error) {
    throw explain(error, from);
  }
}

/**
 * The receipt of a sent transaction.
 *
 * @param blocksBefore number of the newest block when it was sent.
 * @throws CliError `NOT_MINED` with the likely reason, when no block has it in time; the error of ethers when it reverted.
 */
export async function mined(sent: TransactionResponse, blocksBefore: number): Promise<TransactionReceipt> {
  const { hash, from, nonce, provider } = sent;
  try {
    const receipt = await sent.wait(1, MINED_WITHIN_MS);
    if (receipt !== null) return receipt;
  } catch (cause) {
    if (!isError(cause, "TIMEOUT")) throw cause;
  }
  const reason = await whyNotMined(provider, { hash, from, nonce, blocksBefore }).catch(
    (error: Error) => `the chain can't be asked why: ${error.message.slice(0, 200)}`,
  );
  throw new CliError(
    "NOT_MINED",
    `Transaction ${hash} was sent, but no block included it within ${MINED_WITHIN_MS / 1_000} s: ${reason}. It still may be ` +
      "mined: look before you send it again",
  );
}

/** The methods of a write: an error of another method is no refusal of the transaction. */
const WRITES: ReadonlySet<string> = new Set(["eth_sendRawTransaction", "eth_sendTransaction", "eth_estimateGas"]);

/** Turns an error of ethers into one that the caller of the command line can act on. */
export function explain(error: unknown, from: string): Error {
  if (error instanceof MapaeError || !(error instanceof Error)) return error as Error;
  const cause = error;
  if (isError(error, "CALL_EXCEPTION")) {
    const why = describeRefusal(error.data) ?? error.reason ?? error.data ?? "without a reason";
    return new CliError("REFUSED", `The contract refuses: ${why}`, { cause });
  }
  if (isError(error, "NONCE_EXPIRED") || isError(error, "REPLACEMENT_UNDERPRICED")) {
    return new CliError("REFUSED", `Account ${from} sent another transaction at the same time: try again`, { cause });
  }
  const words = rpcMessage(error)?.slice(0, 300);
  if (isError(error, "INSUFFICIENT_FUNDS") || /funds|balance|upfront cost/i.test(words ?? "")) {
    const why = `Account ${from} can't pay for the transaction`;
    return new CliError("REFUSED", `${why}. On a chain with free gas: --gas-price 0`, { cause });
  }
  const method = methodOf(error);
  if (words !== undefined && method !== undefined && !WRITES.has(method)) {
    return new UnavailableError(`The chain does not answer ${method}: ${words}`, { cause });
  }
  if (words !== undefined) return new CliError("REFUSED", `The chain refuses the transaction: ${words}`, { cause });
  // Refused connections, timeouts and HTTP errors.
  if ("code" in error) {
    const reason = "shortMessage" in error ? error.shortMessage : error.message;
    return new UnavailableError(`Could not ask the chain: ${reason}`, { cause });
  }
  return error;
}
