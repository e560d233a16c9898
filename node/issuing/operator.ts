import canonicalize from "canonicalize";
import { MapaeError } from "../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { Signer } from "./signer.ts";

/** What `Signer.issuer` of an operator's key begins with; the operator's name follows. */
export const OPERATOR = "operator:";

/** The operator whose key a node has: it attests blocks in its name. */
export interface Operator {
  /** As the network descriptor has it. */
  readonly name: string;
  readonly signer: Signer;
}

/** A node was given an operator's key that no verifier would count. The message says what to do. */
export class OperatorKeyError extends MapaeError {
  readonly code = "OPERATOR_KEY";
}

/**
 * The operator among a node's keys; `undefined` when it has no operator's key.
 * @throws OperatorKeyError for a key that is not the network descriptor's of that operator, or for two.
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
