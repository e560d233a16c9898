import { type Address, type Hash, type Hex, readAttribute } from "../../resolver/index.ts";
import { CliError } from "../terminal/errors.ts";
import { INTERFACES } from "../transaction/interfaces.ts";

/** One change of a DID; `validity` is in seconds from the block of its transaction. */
export type DidChange =
  | { readonly kind: "setAttribute"; readonly name: Hash; readonly value: Hex; readonly validity: number }
  | { readonly kind: "revokeAttribute"; readonly name: Hash; readonly value: Hex }
  | { readonly kind: "addDelegate"; readonly type: Hash; readonly delegate: Address; readonly validity: number }
  | { readonly kind: "revokeDelegate"; readonly type: Hash; readonly delegate: Address }
  | { readonly kind: "changeOwner"; readonly owner: Address };

/**
 * The call of the DID registry for changes in one transaction, which makes all of them or none.
 * @param changes at least one
 */
export function encodeChanges(identity: Address, changes: readonly DidChange[]): Hex {
  const calls = changes.map((change) => encodeChange(identity, change));
  const [only] = calls;
  return calls.length === 1 && only !== undefined
    ? only
    : (INTERFACES.did.encodeFunctionData("multicall", [calls]) as Hex);
}

function encodeChange(identity: Address, change: DidChange): Hex {
  return INTERFACES.did.encodeFunctionData(change.kind, [identity, ...argumentsOf(change)]) as Hex;
}

function argumentsOf(change: DidChange): unknown[] {
  switch (change.kind) {
    case "setAttribute":
      return [change.name, change.value, change.validity];
    case "revokeAttribute":
      return [change.name, change.value];
    case "addDelegate":
      return [change.type, change.delegate, change.validity];
    case "revokeDelegate":
      return [change.type, change.delegate];
    case "changeOwner":
      return [change.owner];
  }
}

/**
 * A new attribute that documents will show. One that the resolver would ignore is refused before it costs gas.
 *
 * @param attribute `wanted` describes a valid value, for the error.
 * @throws CliError `INVALID_INPUT`
 */
export function setAttribute(attribute: { name: string; value: Hex; validity: number; wanted: string }): DidChange {
  const { value, validity, wanted } = attribute;
  const name = encodeAttributeName(attribute.name);
  if (readAttribute({ name, value }) === undefined) {
    throw new CliError(
      "INVALID_INPUT",
      `${attribute.name} with this value would be in no DID document: wanted ${wanted}`,
    );
  }
  return { kind: "setAttribute", name, value, validity };
}

/**
 * An attribute's name as the registry stores it: ASCII, padded with zeros.
 * @throws CliError `INVALID_INPUT` for more than 32 bytes or another character than `[A-Za-z0-9_/]`.
 */
export function encodeAttributeName(name: string): Hash {
  if (!/^[A-Za-z0-9_/]{1,32}$/.test(name)) {
    throw new CliError(
      "INVALID_INPUT",
      `An attribute's name has 1 to 32 of [A-Za-z0-9_/], got ${JSON.stringify(name)}`,
    );
  }
  return `0x${Buffer.from(name).toString("hex").padEnd(64, "0")}`;
}
