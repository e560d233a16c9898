import { createHash, generateKeyPairSync, sign } from "node:crypto";

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A holder with a P-256 key, who presents SD-JWTs with a Key Binding JWT (RFC 9901, section 4.3). */
export function boundHolder() {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    jwk: publicKey.export({ format: "jwk" }),
    /** @param credential an SD-JWT that ends with its last tilde. */
    present(
      credential: string,
      claims: { readonly nonce: string; readonly aud: string; readonly iat: number },
    ): string {
      const sdHash = createHash("sha256").update(credential).digest("base64url");
      const data = `${encoded({ alg: "ES256", typ: "kb+jwt" })}.${encoded({ ...claims, sd_hash: sdHash })}`;
      const signature = sign("sha256", Buffer.from(data), { key: privateKey, dsaEncoding: "ieee-p1363" });
      return `${credential}${data}.${signature.toString("base64url")}`;
    },
  };
}
