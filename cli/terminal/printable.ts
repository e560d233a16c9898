/**
 * Characters that control a terminal or change how text looks: C0 except tab and line feed, DEL, C1, direction marks and
 * embeddings (Unicode TR 9), line and paragraph separators, and lone surrogates.
 */
const UNSAFE = /(?![\t\n])[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/**
 * Text of any origin, made safe for a terminal: chains, servers and tokens contain texts of others. Each unsafe character is
 * written as `\uXXXX`, which in JSON text means the same character.
 */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * Lines of an answer. A line may have text of others, such as a URI or a node's reason: a line break in it is written as `\u000a`,
 * so that nobody can add a line that looks like one of `mapae`.
 */
export function linesOf(lines: readonly string[]): string {
  return lines.map((line) => line.replaceAll("\n", "\\u000a")).join("\n");
}
