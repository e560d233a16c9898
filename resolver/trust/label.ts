import { type Hex, toBytes } from "../primitives/hex.ts";
import type { GrantFacts } from "./accreditation.ts";
import { isShownCharacter } from "./shown-characters.ts";

/** A grant with its label as text. */
export type ShownGrant = Omit<GrantFacts, "label"> & {
  /** The subject's official name; `null` when the bytes that were written must not be shown. */
  readonly label: string | null;
};

/** A grant with its label as text, for an answer. A state keeps the label as the bytes that were written. */
export function shownGrant(grant: GrantFacts): ShownGrant {
  return { ...grant, label: shownLabel(grant.label) };
}

/**
 * The text of a label's bytes, if it may be shown.
 * @returns `null` for bytes that are not UTF-8, and for a text that {@link isShownText} refuses.
 *
 * @example
 * ```ts
 * import { shownLabel } from "mapae";
 * console.log(shownLabel("0x436974792068616c6c")); // City hall
 * console.log(shownLabel("0x61e280ae62")); // null
 * ```
 */
export function shownLabel(bytes: Hex): string | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(toBytes(bytes));
    return isShownText(text) ? text : null;
  } catch (error) {
    if (error instanceof TypeError) return null; // no UTF-8
    throw error;
  }
}

/**
 * Whether a label may be shown: it has a character other than a space, is in form NFC, and looks the same everywhere. It has no
 * control, formatting or invisible character, no line break, no private use character, and none that Unicode 14.0 does not
 * have.
 */
export function isShownText(text: string): boolean {
  for (const character of text) if (!isShownCharacter(character.codePointAt(0) ?? 0)) return false;
  return text.trim() !== "" && text === text.normalize("NFC");
}
