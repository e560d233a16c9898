import { type BytesLike, recoverAddress, Signature, TypedDataEncoder } from "ethers";
import type { Deployment } from "./contracts.ts";

/** Curve order n of secp256k1: if s signs a digest, n - s signs it too. */
const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** Latest deadline that OpenZeppelin's forwarder can express (uint48). */
export const NO_DEADLINE = 2n ** 48n - 1n;

/** Repeated here, so that the tests of the contracts do not depend on the code of `mapae relay`. */
const TYPES = {
  ForwardRequest: [
    { name: "from", type: "address" },
    { name: "to", type: "address" },
    { name: "value", type: "uint256" },
    { name: "gas", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint48" },
    { name: "data", type: "bytes" },
  ],
};

/** What a test can choose for a request; the rest is as an honest signer would sign it. */
export interface RequestOptions {
  data: BytesLike;
  /** The account that signs; also `from` unless that is given. */
  signer: Deployment["alice"];
  from?: string;
  to?: string;
  gas?: bigint;
  deadline?: bigint;
  chainId?: bigint;
}

/** The contracts that a request is for. */
export interface Relayed extends Pick<Deployment, "forwarder"> {
  /** The target, unless a request names another. */
  readonly address: string;
  /** The EIP-712 domain name of the forwarder. */
  readonly domainName?: string;
}

/**
 * Signs a `ForwardRequest` for OpenZeppelin's `ERC2771Forwarder` 5.1 (EIP-712).
 *
 * @returns the request with its signature, for `execute`, and the signed message with its domain.
 */
export async function signRequest(deployment: Relayed, options: RequestOptions) {
  const { forwarder, address, domainName = "Mapae forwarder" } = deployment;
  const from = options.from ?? options.signer.address;
  const domain = {
    name: domainName,
    version: "1",
    chainId: options.chainId ?? 31337n,
    verifyingContract: await forwarder.getAddress(),
  };
  const message = {
    from,
    to: options.to ?? address,
    value: 0n,
    gas: options.gas ?? 500_000n,
    nonce: BigInt(await forwarder.getFunction("nonces")(from)),
    deadline: options.deadline ?? NO_DEADLINE,
    data: options.data,
  };
  const signature = await options.signer.signTypedData(domain, TYPES, message);
  return { domain, message, request: { ...message, signature } };
}

/** A signed request, as {@link signRequest} returns it. */
export type SignedRequest = Awaited<ReturnType<typeof signRequest>>;

/** What may differ between the check of a request and its signature. */
export interface Checked {
  domain?: Partial<SignedRequest["domain"]>;
  message?: Partial<SignedRequest["message"]>;
}

/** The EIP-712 digest of a request, as it was signed or with other values. */
export function digestOf({ domain, message }: SignedRequest, checked: Checked = {}): string {
  return TypedDataEncoder.hash({ ...domain, ...checked.domain }, TYPES, { ...message, ...checked.message });
}

/** The address that the forwarder recovers when it checks a request against another domain or message. */
export function recoveredFrom(signed: SignedRequest, checked: Checked): string {
  return recoverAddress(digestOf(signed, checked), signed.request.signature);
}

/** The other signature of the same digest by the same key: n - s, with the parity flipped. */
export function malleated(signature: string): string {
  const { r, s, yParity } = Signature.from(signature);
  const other = CURVE_ORDER - BigInt(s);
  return `${r}${other.toString(16).padStart(64, "0")}${yParity === 0 ? "1c" : "1b"}`;
}
