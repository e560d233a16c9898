import { delegatePurpose, type KeyPurpose, type KeyReader, readAttribute } from "./attribute.ts";
import type { EntryKey } from "./entries.ts";
import { type PublicJwk, thumbprint } from "./key.ts";

/** The verification method that an entry adds to the document while it is in force. */
export interface EntryMethod {
  /** The fragment of the method's id: the key's thumbprint, or `delegate-` and the account's address. */
  readonly fragment: string;
  readonly purpose: KeyPurpose;
  /** `undefined` for an account. */
  readonly jwk: PublicJwk | undefined;
}

/** @returns `undefined` for an entry that adds none. */
export function methodOf(entry: EntryKey, keyOf?: KeyReader): EntryMethod | undefined {
  if (entry.kind === "delegate") {
    const purpose = delegatePurpose(entry.name);
    return purpose && { fragment: `delegate-${entry.value.slice(2)}`, purpose, jwk: undefined };
  }
  const attribute = readAttribute(entry, keyOf);
  if (attribute?.kind !== "key") return undefined;
  return { fragment: thumbprint(attribute.jwk), purpose: attribute.purpose, jwk: attribute.jwk };
}
