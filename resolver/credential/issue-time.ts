import { MapaeError } from "../errors.ts";

const DAY = 86_400;

/** An issuer's key or accreditation is not valid yet: every verifier would reject a credential issued before it is. */
export class IssuedTooEarlyError extends MapaeError {
  readonly code = "ISSUED_TOO_EARLY";
}

/**
 * The time of issue that an issuer writes into a credential, in Unix seconds. A precise time would make the credentials of a
 * day distinguishable, so it is rounded down to the day, in UTC (RFC 9901, section 10.1). It is never before the start of the
 * key or the accreditation, because every verifier would reject it then.
 *
 * @param now the issuer's clock, in Unix seconds.
 * @param began when the signing key was published, and when the accreditation begins.
 * @throws IssuedTooEarlyError when one of them is after `now`.
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
