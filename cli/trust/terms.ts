import { id } from "ethers";
import { type Hash, isShownText } from "../../resolver/index.ts";
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

/** Default validity of a grant. */
const DEFAULT_VALIDITY = "1825d";

/**
 * The arguments of the registry after a grant's subject: start, end, whether the subject may grant, label. Times are in Unix
 * seconds.
 *
 * @param now time of the newest block, in Unix seconds.
 * @throws CliError `USAGE`, `INVALID_INPUT`
 */
export function termsOf(options: TermOptions, now: number): readonly [number, number, boolean, string] {
  const { notBefore, notAfter, validFor, mayGrant = false, label } = options;
  if (notAfter !== undefined && validFor !== undefined)
    throw new CliError("USAGE", "Give --not-after or --valid-for, not both");
  const start = notBefore === undefined ? now : parseTime(notBefore);
  const end = notAfter === undefined ? start + parseDuration(validFor ?? DEFAULT_VALIDITY) : parseTime(notAfter);
  if (!isShownText(label)) {
    throw new CliError(
      "INVALID_INPUT",
      `The label ${JSON.stringify(label.slice(0, 96))} would not be displayed: wanted text in form NFC, of characters that Unicode 14.0 ` +
        "has, without any that is invisible or controls how others are shown",
    );
  }
  return [start, end, mayGrant, label];
}

/** The id of a credential type, from its URI or the id itself. */
export function typeIdOf(text: string): Hash {
  return (/^0x[0-9a-fA-F]{64}$/.test(text) ? text.toLowerCase() : id(text)) as Hash;
}
