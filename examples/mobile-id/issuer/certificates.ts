import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import type { PublicJwk } from "../../../resolver/index.ts";

const P256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY_MS = 86_400_000;

x509.cryptoProvider.set(crypto);

/**
 * The issuer's own certificate authority, for wallets and verifiers without support for DIDs: they trust its root, and find the
 * key of a card in `x5c`. A ministry uses certificates of its existing authority instead.
 */
export class CertificateAuthority {
  readonly root: x509.X509Certificate;
  readonly #key: CryptoKey;

  private constructor(root: x509.X509Certificate, key: CryptoKey) {
    this.root = root;
    this.#key = key;
  }

  /** Opens the authority in a folder, or creates one there. */
  static async open(folder: string): Promise<CertificateAuthority> {
    const [keyFile, rootFile] = [join(folder, "ca.jwk"), join(folder, "ca.pem")];
    if (existsSync(keyFile) && existsSync(rootFile)) {
      const jwk = JSON.parse(await readFile(keyFile, "utf8")) as JsonWebKey;
      const key = await crypto.subtle.importKey("jwk", jwk, P256, false, ["sign"]);
      return new CertificateAuthority(new x509.X509Certificate(await readFile(rootFile, "utf8")), key);
    }
    const keys = await crypto.subtle.generateKey(P256, true, ["sign", "verify"]);
    const root = await x509.X509CertificateGenerator.createSelfSigned({
      name: "CN=Mobile official ID (example)",
      notBefore: new Date(),
      notAfter: new Date(Date.now() + 3_650 * DAY_MS),
      signingAlgorithm: P256,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      ],
    });
    await writeFile(keyFile, JSON.stringify(await crypto.subtle.exportKey("jwk", keys.privateKey)), { mode: 0o600 });
    await writeFile(rootFile, root.toString("pem"));
    return new CertificateAuthority(root, keys.privateKey);
  }

  /**
   * The `x5c` of a key: a certificate whose names are the DID and the issuer's host. The root is left out, because verifiers
   * have it already.
   */
  async certify({ jwk, did, host }: { jwk: PublicJwk; did: string; host: string }): Promise<string[]> {
    const publicKey = await crypto.subtle.importKey("jwk", jwk as JsonWebKey, P256, true, ["verify"]);
    const certificate = await x509.X509CertificateGenerator.create({
      subject: "CN=Card signer",
      issuer: this.root.subject,
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + 400 * DAY_MS),
      signingAlgorithm: P256,
      publicKey,
      signingKey: this.#key,
      extensions: [
        new x509.SubjectAlternativeNameExtension([
          { type: "url", value: did },
          { type: "dns", value: host },
        ]),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      ],
    });
    return [certificate.toString("base64").replace(/\s/g, "")];
  }
}
