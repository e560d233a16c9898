import { newKey, signerOf } from "../../node/issuing/key-file.ts";
import { OPERATOR, type Operator } from "../../node/issuing/operator.ts";
import type { SignatureAlgorithm } from "../../resolver/crypto/signature.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";

/** An operator with a fresh key. */
export function makeOperator(name: string, algorithm: SignatureAlgorithm = "ES256"): Operator {
  return { name, signer: signerOf(newKey(`${OPERATOR}${name}`, algorithm)) };
}

/** A network whose blocks a number of operators have to attest. */
export function attestedBy(
  network: NetworkDescriptor,
  operators: readonly Operator[],
  threshold: number,
): NetworkDescriptor {
  const described = operators.map(({ name, signer }) => ({ name, key: { ...signer.jwk } }));
  return { ...network, consensus: { kind: "attested", threshold, operators: described } };
}
