import type { DidEvent } from "../../resolver/did/decode-log.ts";
import { entryHistories } from "../../resolver/did/entries.ts";
import { methodOf } from "../../resolver/did/entry-method.ts";
import type { PublicJwk } from "../../resolver/did/key.ts";

/** The times at which a key or account was valid for a purpose, in Unix seconds. */
export interface KeyLane {
  readonly fragment: string;
  readonly purpose: string;
  /** The curve of the key; `undefined` for an account. */
  readonly curve: string | undefined;
  readonly spans: readonly { readonly from: number; readonly to: number }[];
  readonly standing: "good" | "expired" | "revoked";
  /** Last second in which it is valid. */
  readonly validTo: number;
  /** When it was revoked last; `undefined` while it is not revoked. */
  readonly revokedAt: number | undefined;
}

/** The curve of a key, or the algorithm of a key without a curve. */
export function kindOf(jwk: PublicJwk): string {
  return "crv" in jwk ? jwk.crv : jwk.alg;
}

/** The keys of a DID over time, in the order in which each was first set. */
export function keyLanes(events: readonly DidEvent[], now: number): KeyLane[] {
  const end = events.find(
    ({ type, ...event }) => type === "owner" && /^0x0+$/.test((event as { owner: string }).owner),
  )?.time;
  return entryHistories(events).flatMap((entry) => {
    const method = methodOf(entry);
    if (method === undefined) return [];
    const spans: { from: number; to: number }[] = [];
    for (const [at, { time, validTo }] of entry.changes.entries()) {
      const next = entry.changes[at + 1]?.time ?? Number.POSITIVE_INFINITY;
      const to = Math.min(validTo, next, end ?? Number.POSITIVE_INFINITY);
      const last = spans.at(-1);
      if (to <= time) continue;
      if (last?.to === time) last.to = to;
      else spans.push({ from: time, to });
    }
    const last = entry.changes.at(-1);
    const isRevoked = last?.validTo === 0;
    const validTo = Math.min(last?.validTo ?? 0, end ?? Number.POSITIVE_INFINITY);
    return [
      {
        fragment: method.fragment,
        purpose: method.purpose,
        curve: method.jwk && kindOf(method.jwk),
        spans,
        standing: isRevoked ? ("revoked" as const) : validTo < now ? ("expired" as const) : ("good" as const),
        validTo,
        revokedAt: isRevoked ? last.time : undefined,
      },
    ];
  });
}
