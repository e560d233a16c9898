import canonicalize from "canonicalize";
import { MapaeError } from "../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { Signer } from "./signer.ts";

/** Prefix of `Signer.issuer` for an operator's key; the operator's name follows. */
export const OPERATOR = "operator:";

/** The operator in whose name a node attests blocks, with its key. */
export interface Operator {
  /** Its name in the network descriptor. */
  readonly name: string;
  readonly signer: Signer;
}

/** The operator's key of a node is one that no verifier would accept. The message says what to do. */
export class OperatorKeyError extends MapaeError {
  readonly code = "OPERATOR_KEY";
}

/**
 * The operator among the signers of a node; `undefined` when none is an operator's.
 * @throws OperatorKeyError for a key that the network descriptor does not list for that operator, or for keys of two
 * operators.
 */
export function operatorAmong(signers: readonly Signer[], { name: network, consensus }: NetworkDescriptor) {
  const [signer, ...others] = signers.filter(({ issuer }) => issuer.startsWith(OPERATOR));
  if (signer === undefined) return undefined;
  const name = signer.issuer.slice(OPERATOR.length);
  if (others.length > 0) throw new OperatorKeyError("Got keys of two operators, wanted one: a node attests for one");
  if (consensus.kind !== "attested") {
    throw new OperatorKeyError(
      `Got the key of operator ${name}, but the descriptor of network ${network} names no operators: leave the key out`,
    );
  }
  const described = consensus.operators.find((one) => one.name === name);
  if (described === undefined || canonicalize(described.key) !== canonicalize(signer.jwk)) {
    const got = described === undefined ? "has no operator of that name" : "has another key for that operator";
    throw new OperatorKeyError(
      `Got a key of operator ${name}, but the descriptor of network ${network} ${got}: use the key that it names`,
    );
  }
  return { name, signer } satisfies Operator;
}
