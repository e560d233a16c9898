import { parseDuration } from "../terminal/duration.ts";
import { CliError } from "../terminal/errors.ts";
import { parseTime } from "../transaction/contract-call.ts";

/** Options of a grant, as the command line takes them. */
export interface TermOptions {
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly validFor?: string;
  readonly mayGrant?: true;
  readonly label: string;
}

/** How long a grant holds unless somebody says otherwise. */
const DEFAULT_VALIDITY = "1825d";

/**
 * What the registry is given of a grant after its subject: start, end, whether it may grant on, label. Unix seconds.
 *
 * @param now time of the newest block.
 * @throws CliError `USAGE`, `INVALID_INPUT`
 */
export function termsOf(options: TermOptions, now: number): readonly [number, number, boolean, string] {
  const { notBefore, notAfter, validFor, mayGrant = false, label } = options;
  if (notAfter !== undefined && validFor !== undefined)
    throw new CliError("USAGE", "Give --not-after or --valid-for, not both");
  const start = notBefore === undefined ? now : parseTime(notBefore);
  const end = notAfter === undefined ? start + parseDuration(validFor ?? DEFAULT_VALIDITY) : parseTime(notAfter);
  if (label !== label.normalize("NFC") || /[\p{Cc}\p{Cf}]/u.test(label)) {
    throw new CliError(
      "INVALID_INPUT",
      "A label is text in form NFC without control characters, or nobody would show it",
    );
  }
  return [start, end, mayGrant, label];
}
