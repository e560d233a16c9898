import { delegatePurpose, readAttribute } from "../did/attribute.ts";
import type { DidEvent } from "../did/decode-log.ts";
import { thumbprint } from "../did/key.ts";
import type { Hash, Hex } from "../primitives/hex.ts";

/**
 * Why a key did not sign for assertions at a moment:
 * - `unknownKey`: the issuer never published it for assertions, as of the block whose knowledge is used;
 * - `keyRevoked`: it was revoked under any of its names, and not set again since: it is bad for every date;
 * - `keyNotYetValid`, `keyExpired`: the moment is before it was published, or after its validity.
 */
export type KeyNotGood = "unknownKey" | "keyRevoked" | "keyNotYetValid" | "keyExpired";

/** What is known of one name under which a key was published. */
interface KeyEntry {
  readonly forAssertions: boolean;
  /** Unix time at which it was first set; `undefined` when it was only ever revoked. */
  setFrom: number | undefined;
  /** By its newest event: last valid second in Unix time, 0 when revoked. */
  validTo: number;
}

/**
 * Judges a key at a moment (`docs/did-method-mapae.md`, "Keys over time"): so a routine rotation lets validity run out, and
 * what was signed before stays good; a revocation is for theft, and makes all of it bad.
 *
 * @param events of the issuer, oldest first, up to the block whose knowledge is used.
 * @param fragment of the key's id: a thumbprint, or `delegate-` and an address.
 * @param at the moment judged, in Unix seconds.
 * @returns `undefined` when the key was good then.
 */
export function keyStanding(events: readonly DidEvent[], fragment: string, at: number): KeyNotGood | undefined {
  const entries = [...entriesOf(events, fragment).values()];
  if (entries.some(({ validTo }) => validTo === 0)) return "keyRevoked";
  const published = entries.filter(({ forAssertions, setFrom }) => forAssertions && setFrom !== undefined);
  if (published.length === 0) return "unknownKey";
  const begun = published.filter(({ setFrom = Number.POSITIVE_INFINITY }) => setFrom <= at);
  if (begun.length === 0) return "keyNotYetValid";
  return begun.some(({ validTo }) => at <= validTo) ? undefined : "keyExpired";
}

function entriesOf(events: readonly DidEvent[], fragment: string): Map<string, KeyEntry> {
  const entries = new Map<string, KeyEntry>();
  for (const event of events) {
    const key = event.type === "owner" ? undefined : keyOf(event);
    if (event.type === "owner" || key?.fragment !== fragment) continue;
    const entry = entries.get(key.name) ?? { forAssertions: key.forAssertions, setFrom: undefined, validTo: 0 };
    if (event.validTo !== 0) entry.setFrom ??= event.time;
    entry.validTo = event.validTo;
    entries.set(key.name, entry);
  }
  return entries;
}

interface NamedKey {
  readonly fragment: string;
  readonly name: string;
  readonly forAssertions: boolean;
}

function keyOf(event: Exclude<DidEvent, { type: "owner" }>): NamedKey | undefined {
  if (event.type === "delegate") {
    const purpose = delegatePurpose(event.delegateType);
    return purpose && named(event.delegateType, event.delegate, `delegate-${event.delegate.slice(2)}`, purpose);
  }
  const attribute = readAttribute(event);
  if (attribute?.kind !== "key") return undefined;
  return named(event.name, event.value, thumbprint(attribute.jwk), attribute.purpose);
}

function named(name: Hash, value: Hex, fragment: string, purpose: string): NamedKey {
  return { fragment, name: name + value, forAssertions: purpose === "veriKey" };
}
