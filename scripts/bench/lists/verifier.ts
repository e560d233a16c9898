import { createPublicKey, verify } from "node:crypto";
import { deflateSync, inflateSync } from "node:zlib";
import { ListEncodings } from "../../../node/lists/list-encodings.ts";
import { ServedList } from "../../../node/lists/served-list.ts";
import { listBytes } from "../../../resolver/status/list-bytes.ts";
import { verifyStatusJwt } from "../../../resolver/status/signed/verify-token.ts";
import type { Row } from "../measuring/row.ts";
import { compare } from "../measuring/timing.ts";
import { type Case, revokedOf, SMALL, sizeOf, statusesOf } from "./cases.ts";
import { DID, SIGNED_AT, signer, signing, tokenOf } from "./signing.ts";

/** Measures how long a verifier takes to check a status list token, and the size of the compressed list. */
export async function verifierRows(one: Case, rounds: number): Promise<Row[]> {
  const { size, percent } = one;
  const chunks = statusesOf(revokedOf(one));
  const token = (await tokenOf(new ServedList(chunks, size))).toString();
  const method = { id: signer.keyId, type: "JsonWebKey2020", controller: DID, publicKeyJwk: signer.jwk };
  const document = { id: DID, verificationMethod: [method], assertionMethod: [signer.keyId] };
  const expected = { uri: signing.uri, size, document, now: SIGNED_AT };
  const check = await compare({
    ours: () => verifyStatusJwt(token, expected),
    theirs: nativeParts(token),
    // With so many checks, a round takes longer than the interval between two garbage collections. So each round includes the
    // collection of its own garbage.
    times: { ours: 2_000, theirs: 2_000 },
    rounds,
  });
  const best = deflateSync(listBytes("token", chunks, size), { level: 9 }).length;
  const ours = new ListEncodings(chunks, size).compressed("token").length;
  const row = { size: sizeOf(one) };
  return [
    {
      ...row,
      topic: "list: a verifier's check",
      peer: "node:crypto verify, zlib inflate",
      ...check,
      unit: "ms",
      goal: percent > 1 || size > SMALL ? 1.7 : 1.3,
    },
    { ...row, topic: "list: bytes, compressed", peer: "zlib 9", ours, theirs: best, unit: "bytes", goal: 1.15 },
  ];
}

/** The native parts of a check: verifying the signature with an imported key, and inflating the list. */
function nativeParts(token: string): () => Promise<unknown> {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const key = createPublicKey({ key: signer.jwk, format: "jwk" });
  const [data, signed] = [Buffer.from(`${header}.${payload}`), Buffer.from(signature, "base64url")];
  const { lst } = JSON.parse(Buffer.from(payload, "base64url").toString()).status_list as { lst: string };
  const compressed = Buffer.from(lst, "base64url");
  return async () => {
    if (!verify("sha256", data, { key, dsaEncoding: "ieee-p1363" }, signed))
      throw new Error("The token's signature is not valid");
    return inflateSync(compressed);
  };
}
