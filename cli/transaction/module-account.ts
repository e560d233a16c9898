import {
  AbstractSigner,
  computeAddress,
  copyRequest,
  hashMessage,
  hexlify,
  type Provider,
  recoverAddress,
  resolveAddress,
  Signature,
  Transaction,
  type TransactionLike,
  type TransactionRequest,
  type TypedDataDomain,
  TypedDataEncoder,
  type TypedDataField,
} from "ethers";
import type { AccountKey } from "../../node/issuing/pkcs11/open-account.ts";
import { CliError } from "../terminal/errors.ts";

/** Order of the curve (SEC 2): of the two values of s that verify, Ethereum accepts only the smaller one (EIP-2). */
const ORDER = 0xffff_ffff_ffff_ffff_ffff_ffff_ffff_fffe_baae_dce6_af48_a03b_bfd2_5e8c_d036_4141n;

/** An account whose key is in a hardware module, where it signs the same as ethers' own wallet in memory. */
export class ModuleAccount extends AbstractSigner {
  readonly address: string;
  readonly #key: AccountKey;

  constructor(key: AccountKey, provider: Provider | null = null) {
    super(provider);
    this.#key = key;
    this.address = computeAddress(hexlify(key.publicKey));
  }

  override async getAddress(): Promise<string> {
    return this.address;
  }

  override connect(provider: Provider | null): ModuleAccount {
    return new ModuleAccount(this.#key, provider);
  }

  override async signTransaction(given: TransactionRequest): Promise<string> {
    // Ethers may pass a Transaction, whose fields are getters and not own properties.
    const { from, to, ...rest } = copyRequest(given);
    if (from != null && (await resolveAddress(from, this)) !== this.address) {
      throw new CliError("NO_SIGNER", `The module's key is that of ${this.address}, wanted another account's`);
    }
    const target = to == null ? {} : { to: await resolveAddress(to, this) };
    const transaction = Transaction.from({ ...rest, ...target } as TransactionLike);
    transaction.signature = await this.#sign(transaction.unsignedHash);
    return transaction.serialized;
  }

  override async signMessage(message: string | Uint8Array): Promise<string> {
    return (await this.#sign(hashMessage(message))).serialized;
  }

  override async signTypedData(
    domain: TypedDataDomain,
    types: Record<string, TypedDataField[]>,
    value: Record<string, unknown>,
  ): Promise<string> {
    return (await this.#sign(TypedDataEncoder.hash(domain, types, value))).serialized;
  }

  async #sign(digest: string): Promise<Signature> {
    const signed = hexlify(await this.#key.sign(Buffer.from(digest.slice(2), "hex")));
    const [r, s] = [signed.slice(0, 66), BigInt(`0x${signed.slice(66)}`)];
    const low = `0x${(s > ORDER / 2n ? ORDER - s : s).toString(16).padStart(64, "0")}`;
    // The module does not return the parity of the point: one of the two values recovers this account.
    const signature = ([0, 1] as const)
      .map((yParity) => Signature.from({ r, s: low, yParity }))
      .find((one) => recoverAddress(digest, one) === this.address);
    if (signature !== undefined) return signature;
    throw new CliError("NO_SIGNER", `The halves of the key of ${this.address} in the module are no pair`);
  }
}
