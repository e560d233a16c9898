/** Maximum number of media ranges that are read from an `Accept` header. */
const MAX_RANGES = 20;

/** One of the media ranges of an `Accept` header, in lower case. */
export interface MediaRange {
  readonly type: string;
  readonly profile: string | undefined;
  /** From 0, which excludes the type, to 1. */
  readonly weight: number;
}

/**
 * Reads an `Accept` header (RFC 9110, section 12.5.1): the first ranges, in their order. Empty elements are ignored (section
 * 5.6.1).
 */
export function readRanges(accept: string): MediaRange[] {
  return split(accept, ",")
    .filter((range) => range !== "")
    .slice(0, MAX_RANGES)
    .map((range) => {
      const [type = "", ...parameters] = split(range, ";").map((part) => part.toLowerCase());
      const profile = parameterOf(parameters, "profile")?.replace(/^"(.*)"$/, "$1");
      return { type, profile, weight: weightOf(parameterOf(parameters, "q")) };
    });
}

/** Splits at marks outside of quoted strings (RFC 9110, section 5.6.4), and trims the parts. */
function split(text: string, mark: "," | ";"): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    if (quoted && text[at] === "\\") at += 1;
    else if (text[at] === '"') quoted = !quoted;
    else if (text[at] === mark && !quoted) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  return [...parts, text.slice(start).trim()];
}

function parameterOf(parameters: readonly string[], name: string): string | undefined {
  return parameters.find((parameter) => parameter.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** A weight. One that breaks the grammar is ignored, because Java up to 17 sends `q=.2` with every request. */
function weightOf(q = "1"): number {
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(q) ? Number(q) : 1;
}
