import { p256 } from "@noble/curves/nist.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { nodeCrypto } from "../primitives/platform.ts";

/** A curve on which a compressed point has 33 bytes (SEC 1, 2.3.3). */
export type CompressedCurve = "P-256" | "secp256k1";

const NOBLE = { "P-256": p256.Point, secp256k1: secp256k1.Point } as const;
/** OpenSSL's names of the curves. */
const OPENSSL = { "P-256": "prime256v1", secp256k1: "secp256k1" } as const;

/**
 * The 65 uncompressed bytes of a point given as 33 bytes: `04`, x and y. It takes a square root, which is most of the work of a
 * document that is not cached; OpenSSL computes it four times as fast as JavaScript.
 *
 * @throws Error when there is no such point.
 */
export const uncompress: (curve: CompressedCurve, bytes: Uint8Array) => Uint8Array =
  nodeCrypto === undefined ? uncompressInJavaScript : uncompressByOpenSsl;

/** {@link uncompress} where there is no OpenSSL. */
export function uncompressInJavaScript(curve: CompressedCurve, bytes: Uint8Array): Uint8Array {
  return NOBLE[curve].fromBytes(bytes).toBytes(false);
}

function uncompressByOpenSsl(curve: CompressedCurve, bytes: Uint8Array): Uint8Array {
  return nodeCrypto?.ECDH.convertKey(bytes, OPENSSL[curve], undefined, undefined, "uncompressed") as Uint8Array;
}
