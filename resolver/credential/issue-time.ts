import { MapaeError } from "../errors.ts";

const DAY = 86_400;

/** An issuer's key or accreditation has yet to begin: no verifier would take what is issued before. */
export class IssuedTooEarlyError extends MapaeError {
  readonly code = "ISSUED_TOO_EARLY";
}

/**
 * The time of issue that an issuer writes into a credential, in Unix seconds. A precise one would tell apart the cards of a day, so it
 * is rounded down to the day, in UTC (RFC 9901, section 10.1); but never to before what it is judged by had begun, for then no
 * verifier takes it.
 *
 * @param now the issuer's clock, in Unix seconds.
 * @param began when the key that signs was published, and from when on the accreditation holds.
 * @throws IssuedTooEarlyError when one of them has yet to begin: nothing can be issued before.
 *
 * @example
 * ```ts
 * import { roundedIssueTime } from "mapae";
 * const noon = 1_764_417_600; // 2025-11-29T12:00:00Z
 * console.log(roundedIssueTime(noon, [1_750_000_000])); // 1764374400
 * console.log(roundedIssueTime(noon, [noon - 60])); // 1764417540
 * ```
 */
export function roundedIssueTime(now: number, began: readonly number[]): number {
  const latest = Math.max(...began);
  if (latest > now) {
    throw new IssuedTooEarlyError(`The key or the accreditation begins at ${latest}, and it is ${now} now`);
  }
  return Math.max(now - (now % DAY), latest);
}
