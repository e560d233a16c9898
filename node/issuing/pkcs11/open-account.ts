import { CK, messageOf, openLibrary } from "./cryptoki.ts";
import { pointOf } from "./open-module.ts";
import { Pkcs11Error } from "./pkcs11-error.ts";
import { Token, type TokenOptions } from "./token.ts";

/** DER of the OID of secp256k1. */
const SECP256K1 = "06052b8104000a";

/** The key of an account on the chain. Its private half never leaves the module. */
export interface AccountKey {
  /** Uncompressed point: 65 bytes. */
  readonly publicKey: Uint8Array;
  /**
   * Signs a digest of 32 bytes. Returns r and s, 32 bytes each; s is not normalised to the lower half of the curve's order.
   * @throws Pkcs11Error `PKCS11_SIGN`, `PKCS11_PIN`
   */
  sign(digest: Uint8Array): Promise<Uint8Array>;
}

/**
 * The key pair of secp256k1 with this label on a token.
 *
 * @throws Pkcs11Error; `PKCS11_KEY` when there is none, or more than one.
 */
export async function openAccountKey(options: TokenOptions, label: string): Promise<AccountKey> {
  const token = new Token(await openLibrary(options.module), options);
  const template = [
    { type: CK.class, value: CK.publicKey },
    { type: CK.label, value: label },
  ];
  let found: { readonly point: Buffer; readonly id: Buffer }[];
  try {
    found = token.find(template, [CK.ecParams, CK.ecPoint, CK.id]).flatMap(({ values: [curve, point, id] }) => {
      return curve?.toString("hex") === SECP256K1 && point && id ? [{ point: pointOf(point), id }] : [];
    });
  } catch (cause) {
    if (cause instanceof Pkcs11Error) throw cause;
    throw new Pkcs11Error("PKCS11_MODULE", `The PKCS#11 module can't be read: ${messageOf(cause)}`, { cause });
  }
  const [own] = found;
  if (own === undefined || found.length > 1) {
    const what = `The token ${options.token} has ${found.length} key pairs of secp256k1 with the label`;
    throw new Pkcs11Error("PKCS11_KEY", `${what} ${JSON.stringify(label)}, wanted one`);
  }
  const key = [
    { type: CK.class, value: CK.privateKey },
    // A key of another curve may have the same label.
    { type: CK.id, value: own.id },
    { type: CK.label, value: label },
  ];
  return { publicKey: own.point, sign: (digest) => token.sign(key, CK.ecdsa, Buffer.from(digest)) };
}
