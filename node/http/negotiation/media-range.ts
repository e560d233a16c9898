/** Most media ranges of an `Accept` header that are looked at. */
const MAX_RANGES = 20;

/** One of the media ranges of an `Accept` header, in lower case. */
export interface MediaRange {
  readonly type: string;
  readonly profile: string | undefined;
  /** From 0, which is a refusal, to 1. */
  readonly weight: number;
}

/** Reads an `Accept` header (RFC 9110, section 12.5.1): its first ranges, in their order. */
export function readRanges(accept: string): MediaRange[] {
  return accept.split(",", MAX_RANGES).map((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const profile = parameterOf(parameters, "profile")?.replace(/^"(.*)"$/, "$1");
    return { type, profile, weight: weightOf(parameterOf(parameters, "q")) };
  });
}

function parameterOf(parameters: readonly string[], name: string): string | undefined {
  return parameters.find((parameter) => parameter.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** A weight that breaks the grammar counts as 0: what a client did not say is not guessed. */
function weightOf(q = "1"): number {
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(q) ? Number(q) : 0;
}
