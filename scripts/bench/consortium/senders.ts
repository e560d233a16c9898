import type { Wallet } from "ethers";
import type { Address } from "../../../resolver/index.ts";
import type { Validator } from "../../rehearsal/validator.ts";

/** Number of signed transactions in one request. */
const BATCH = 25;

/** Content of a transaction. */
export interface Call {
  readonly to: string;
  readonly data?: string;
  /** In wei. */
  readonly value?: number;
}

/** An account that sends through one member's validator. It signs separately, so that signing is not measured. */
export class Sender {
  readonly address: Address;
  readonly #wallet: Wallet;
  readonly #validator: Validator;
  readonly #chainId: number;
  /** Nonce of its next transaction. */
  nonce: number;

  constructor(wallet: Wallet, validator: Validator, chainId: number, nonce = 0) {
    this.address = wallet.address.toLowerCase() as Address;
    this.#wallet = wallet;
    this.#validator = validator;
    this.#chainId = chainId;
    this.nonce = nonce;
  }

  /** @param gasLimit has to suffice, because gas is not estimated. */
  sign({ to, data = "0x", value = 0 }: Call, gasLimit: number): Promise<string> {
    const common = { type: 0, chainId: this.#chainId, gasPrice: 1, gasLimit };
    return this.#wallet.signTransaction({ ...common, to, data, value, nonce: this.nonce++ });
  }

  /**
   * Sends signed transactions in order.
   * @returns their hashes.
   */
  async send(signed: readonly string[]): Promise<string[]> {
    const hashes: string[] = [];
    for (let at = 0; at < signed.length; at += BATCH) {
      const calls = signed.slice(at, at + BATCH).map((one) => ["eth_sendRawTransaction", [one]] as const);
      hashes.push(...(await this.#validator.rpcs<string>(calls)));
    }
    return hashes;
  }
}
