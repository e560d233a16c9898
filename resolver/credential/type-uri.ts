/** Longest URI of a credential type, in characters. */
const MAX_LENGTH = 256;

/**
 * Whether a text can name a credential type: a URI in the characters of RFC 3986 whose scheme is written in lower case. Types
 * are compared character by character.
 */
export function isTypeUri(text: unknown): text is string {
  return (
    typeof text === "string" &&
    text.length <= MAX_LENGTH &&
    /^[a-z][a-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$/.test(text)
  );
}
