/**
 * What a terminal would obey, or show otherwise than it is: C0 but for tab and line feed, DEL, C1, marks and embeddings of
 * direction (Unicode TR 9), line and paragraph separators, and halves of surrogate pairs.
 */
const UNSAFE = /(?![\t\n])[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/**
 * Text of any origin as a terminal may show it: chains, servers and tokens have texts of others in them. Each unsafe
 * character is written as `\uXXXX`, which in JSON text says the same character.
 */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
