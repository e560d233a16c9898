import { id } from "ethers";
import { type Hash, isShownText, isTypeUri } from "../../resolver/index.ts";
import { MAX_LABEL_BYTES } from "../../resolver/trust/decode-trust-log.ts";
import { CliError } from "../terminal/errors.ts";
import { named, namedIfGiven } from "../terminal/named.ts";
import { parseDuration } from "../values/duration.ts";
import { parseTime } from "../values/time.ts";

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

/** The terms of a grant; those that are left out are known once the newest block is. */
export interface Terms {
  /**
   * The arguments of the registry after a grant's subject: start, end, whether the subject may grant, label. Times are in Unix
   * seconds.
   * @param now time of the newest block, in Unix seconds.
   */
  readonly from: (now: number) => readonly [start: number, end: number, mayGrant: boolean, label: string];
}

/**
 * Reads the options of a grant.
 * @throws CliError `USAGE`, `INVALID_INPUT`
 */
export function termsOf({ notBefore, notAfter, validFor, mayGrant, label }: TermOptions): Terms {
  if (notAfter !== undefined && validFor !== undefined)
    throw new CliError("USAGE", "Give --not-after or --valid-for, not both");
  const start = namedIfGiven("--not-before", notBefore, parseTime);
  const end = namedIfGiven("--not-after", notAfter, parseTime);
  const validity = named("--valid-for", () => parseDuration(validFor ?? DEFAULT_VALIDITY));
  named("--label", () => expectLabel(label));
  return { from: (now) => [start ?? now, end ?? (start ?? now) + validity, mayGrant === true, label] };
}

function expectLabel(label: string): void {
  const bytes = Buffer.byteLength(label);
  if (bytes > MAX_LABEL_BYTES) {
    throw new CliError("INVALID_INPUT", `A label has at most ${MAX_LABEL_BYTES} bytes in UTF-8, got ${bytes}`);
  }
  if (isShownText(label)) return;
  throw new CliError(
    "INVALID_INPUT",
    `The label ${JSON.stringify(label)} would not be displayed: wanted text in form NFC, of characters that Unicode 14.0 ` +
      "has, without any that is invisible or controls how others are shown",
  );
}

/**
 * The id of a credential type, from its URI or the id itself.
 * @throws CliError `INVALID_INPUT`
 */
export function typeIdOf(text: string): Hash {
  if (/^0x[0-9a-fA-F]{64}$/.test(text)) return text.toLowerCase() as Hash;
  const isUri: boolean = isTypeUri(text);
  if (isUri) return id(text) as Hash;
  const got = JSON.stringify(text.slice(0, 80));
  throw new CliError(
    "INVALID_INPUT",
    `A credential type is its URI, such as https://types.example/official-id/v1, or 0x and 64 hex digits; got ${got}`,
  );
}
