import { newKey, signerOf } from "../../../node/issuing/key-file.ts";
import type { Signer } from "../../../node/issuing/signer.ts";
import type { ServedList, Signing } from "../../../node/lists/served-list.ts";

/** The issuer of the lists. */
export const DID = `did:mapae:local:0x${"a1".repeat(20)}`;

/** Time of the signatures, in Unix seconds. */
export const SIGNED_AT = Math.floor(Date.now() / 1_000);

/** The parameters of signing a list with a signer. */
export function signingBy(signer: Signer): Signing {
  const asOf = { number: 1, hash: `0x${"11".repeat(32)}`, time: SIGNED_AT, finalizedBlock: 1 } as const;
  return { uri: "https://lists.example/0", asOf, signer };
}

export const signer = signerOf(newKey(DID, "ES256"));
export const signing = signingBy(signer);

/** Signs a list as a status list token. */
export async function tokenOf(list: ServedList, by: Signing = signing): Promise<Buffer> {
  return (await list.sign("token", "application/statuslist+jwt", by)).bytes;
}

/** Signs a list as a bitstring status list credential, whose format the peer's library encodes, too. */
export function sign(list: ServedList) {
  return list.sign("revocation", "application/vc+jwt", signing);
}
