import assert from "node:assert/strict";
import { keccak256, Wallet } from "ethers";
import { developmentAccount } from "../../../cli/local/accounts.ts";
import { type Address, type Hash, type Hex, RpcError } from "../../../resolver/index.ts";
import { until } from "../../../scripts/rehearsal/until.ts";
import { CHAIN_ID } from "./genesis.ts";
import type { Geth } from "./geth.ts";

/** Gas limit of a transaction, more than any call of the tests needs. */
const GAS = 5_000_000;

/** Content of a transaction. */
export interface Call {
  readonly to: Address;
  readonly data: Hex;
}

/** A signed transaction, which can be sent to several geths of a chain. */
export interface Signed {
  readonly hash: Hash;
  readonly raw: Hex;
}

/** The block of a transaction, and whether it succeeded. */
export interface Place {
  readonly block: number;
  readonly succeeded: boolean;
}

interface Receipt {
  readonly blockNumber: Hex;
  readonly status: Hex;
}

/** Signs the next transaction of a development account. */
export type Sign = (account: number, call: Call) => Promise<Signed>;

/**
 * Signs transactions with consecutive nonces, beginning with the accounts' current ones on a geth's branch. Two such signers,
 * one per branch, give transactions with the same nonces, of which a chain accepts only one each.
 */
export function signFor(geth: Geth): Sign {
  const nonces = new Map<number, number>();
  return async (account, call) => {
    const wallet = new Wallet(developmentAccount(account).privateKey);
    const nonce = nonces.get(account) ?? Number(await geth.rpc("eth_getTransactionCount", wallet.address, "latest"));
    nonces.set(account, nonce + 1);
    const fixed = { type: 0, chainId: CHAIN_ID, gasPrice: 1n, gasLimit: GAS, value: 0n };
    const raw = (await wallet.signTransaction({ ...fixed, ...call, nonce })) as Hex;
    return { raw, hash: keccak256(raw) as Hash };
  };
}

/** Sends transactions to a geth, which mines them or passes them on. */
export async function send(geth: Geth, ...transactions: Signed[]): Promise<void> {
  for (const { raw } of transactions) await geth.rpc("eth_sendRawTransaction", raw);
}

/** Sends transactions to a sealing chain and waits until each is mined and has succeeded. */
export async function mined(geth: Geth, ...transactions: Signed[]): Promise<void> {
  await send(geth, ...transactions);
  for (const one of transactions) {
    const { succeeded } = await until("a transaction is mined", () => placeOf(geth, one));
    assert(succeeded, `the contract refused ${one.hash}`);
  }
}

/**
 * The place of a transaction on a geth's chain; `undefined` when no block up to the newest contains it. geth knows a block's
 * receipts some milliseconds before that block is the newest one.
 */
export async function placeOf(geth: Geth, { hash }: Signed): Promise<Place | undefined> {
  const receipt = await geth.rpc<Receipt | null>("eth_getTransactionReceipt", hash).catch((error: unknown) => {
    if (error instanceof RpcError && /transaction indexing is in progress/.test(error.message)) return null;
    throw error;
  });
  const head = Number(await geth.rpc("eth_blockNumber"));
  if (receipt === null || head < Number(receipt.blockNumber)) return undefined;
  return { block: Number(receipt.blockNumber), succeeded: receipt.status === "0x1" };
}
