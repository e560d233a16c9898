import type { KeyReader } from "../did/attribute.ts";
import type { DidEvent } from "../did/decode-log.ts";
import { type EntryChange, entryHistories } from "../did/entries.ts";
import { methodOf } from "../did/entry-method.ts";

/**
 * Why a key was not valid for assertions at a moment:
 * - `unknownKey`: the issuer never published it for assertions, as of the block whose knowledge is used;
 * - `keyRevoked`: it was revoked under any of its names, and not set again since, which makes it invalid for every moment;
 * - `keyNotYetValid`, `keyExpired`: the moment is before it was published, or one at which it was not in force.
 */
export type KeyFault = "unknownKey" | "keyRevoked" | "keyNotYetValid" | "keyExpired";

/**
 * Judges a key at a moment (`docs/did-method-mapae.md`, "Keys over time"). A routine rotation lets the key expire, and what it
 * signed before stays valid. A revocation is for a stolen key, and makes everything that it signed invalid.
 *
 * For a key that is not revoked it is `undefined` exactly when the document of `versionTime=at` has the key in
 * `assertionMethod`.
 *
 * @param events of the issuer, oldest first, up to the block whose knowledge is used.
 * @param fragment of the key's id: a thumbprint, or `delegate-` and an address.
 * @param at the moment judged, in Unix seconds.
 * @param keyOf reads keys; a `keyCache` saves time where the same keys are judged often.
 * @returns `undefined` when the key was valid then.
 */
export function keyFault(
  events: Iterable<DidEvent>,
  fragment: string,
  at: number,
  keyOf?: KeyReader,
): KeyFault | undefined {
  const entries = entryHistories(events).flatMap(({ changes, ...entry }) => {
    const method = methodOf(entry, keyOf);
    return method?.fragment === fragment ? [{ changes, forAssertions: method.purpose === "veriKey" }] : [];
  });
  if (entries.some(({ changes }) => isRevocation(changes.at(-1)))) return "keyRevoked";
  const published = entries.filter(({ changes, forAssertions }) => forAssertions && changes.some(isSetting));
  if (published.length === 0) return "unknownKey";
  const begun = published.filter(({ changes }) => changes.some((one) => isSetting(one) && one.time <= at));
  if (begun.length === 0) return "keyNotYetValid";
  // The newest event up to that moment decides, not later or replaced ones.
  const newest = begun.map(({ changes }) => changes.findLast(({ time }) => time <= at));
  return newest.some((one) => one !== undefined && at <= one.validTo) ? undefined : "keyExpired";
}

function isSetting({ validTo }: EntryChange): boolean {
  return validTo !== 0;
}

function isRevocation(change: EntryChange | undefined): boolean {
  return change?.validTo === 0;
}
