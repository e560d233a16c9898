import { isAddress } from "ethers";
import { publicJwk } from "../../resolver/did/key.ts";
import { ResolutionError } from "../../resolver/errors.ts";
import { type Address, type Hex, toBytes } from "../../resolver/primitives/hex.ts";

/** The DID of the method ethr for an address on a chain. */
export function ethrDid(chainId: number, address: Address): string {
  return `did:ethr:${networkOf(chainId)}:${address}`;
}

/**
 * Checks a DID of the method ethr (did:ethr method specification, "Method Specific Identifier") on one chain: the network is
 * the chain id in hex, the identifier an address or a compressed public key of secp256k1.
 *
 * @returns the given DID, unchanged.
 * @throws ResolutionError `INVALID_DID`; `FEATURE_NOT_SUPPORTED` for another chain.
 */
export function parseEthrDid(text: string, chainId: number): string {
  const [, method, ...rest] = text.split(":");
  const identifier = rest.pop() ?? "";
  const network = rest.join(":");
  if (method !== "ethr" || !isIdentifier(identifier) || !/^[A-Za-z0-9.:_-]*$/.test(network)) {
    const wanted = `did:ethr:${networkOf(chainId)}:<address, or compressed public key of secp256k1>`;
    throw new ResolutionError("INVALID_DID", `Got ${JSON.stringify(text.slice(0, 120))}, wanted ${wanted}`);
  }
  if (network !== networkOf(chainId)) {
    const got = network === "" ? "the main network" : `network ${network.slice(0, 40)}`;
    const detail = `Got a DID of ${got}, this driver serves ${networkOf(chainId)} only`;
    throw new ResolutionError("FEATURE_NOT_SUPPORTED", detail);
  }
  return text;
}

function networkOf(chainId: number): string {
  return `0x${chainId.toString(16)}`;
}

/** Whether it is an address, in mixed case only with the checksum of EIP-55, or a key that is a point of the curve. */
function isIdentifier(text: string): boolean {
  if (/^0x[0-9a-fA-F]{40}$/.test(text)) return isAddress(text);
  return /^0x[0-9a-fA-F]{66}$/.test(text) && publicJwk("Secp256k1", toBytes(text.toLowerCase() as Hex)) !== undefined;
}
