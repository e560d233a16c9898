import { MapaeError } from "../errors.ts";

/** Deepest nesting of arrays and objects in the endpoint of a service. */
export const MAX_JSON_DEPTH = 16;

/** A text is not I-JSON, so that readers could differ on its meaning. */
export class IJsonError extends MapaeError {
  readonly code = "NO_I_JSON";
}

/** The tokens of JSON text that are checked: strings, numbers, brackets and colons. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|[{}[\]:]/g;

/**
 * Reads JSON that every reader understands alike: I-JSON (RFC 7493) with its recommendation on numbers as a rule, nested at
 * most {@link MAX_JSON_DEPTH} deep, and without member names that ECMAScript would reorder.
 *
 * @throws IJsonError saying what is wrong.
 */
export function parseIJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new IJsonError("it is no JSON", { cause });
  }
  /** For each open array or object, the names of its members so far. */
  const open: Set<string>[] = [];
  let lastText = "";
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === "{" || token === "[") {
      open.push(new Set());
      if (open.length > MAX_JSON_DEPTH) throw new IJsonError(`it is nested more than ${MAX_JSON_DEPTH} deep`);
    } else if (token === "}" || token === "]") open.pop();
    else if (token === ":") expectName(lastText, open.at(-1));
    else if (token.startsWith('"')) lastText = expectText(JSON.parse(token));
    else expectNumber(token);
  }
  return value;
}

function expectText(text: string): string {
  if (!/[\p{Surrogate}\p{Noncharacter_Code_Point}]/u.test(text)) return text;
  throw new IJsonError("it has a lone surrogate or a noncharacter of Unicode");
}

function expectName(name: string, names: Set<string> | undefined): void {
  if (names?.has(name))
    throw new IJsonError(`it has the name ${JSON.stringify(name.slice(0, 100))} twice in one object`);
  // ECMAScript orders such names by their number, before all others.
  if (/^(?:0|[1-9][0-9]*)$/.test(name)) throw new IJsonError(`it has the number ${name.slice(0, 100)} as a name`);
  names?.add(name);
}

/** A number has to keep its value as a double: `0.1` does, `12345678901234567890` and `1e400` do not. */
function expectNumber(text: string): void {
  const written = String(Number(text));
  if (decimal(text) === decimal(written)) return;
  throw new IJsonError(`it has the number ${text.slice(0, 100)}, which a double (IEEE 754) holds as ${written}`);
}

/** A number's sign, significant digits and exponent: equal for every spelling of the same number. */
function decimal(text: string): string {
  const parts = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/.exec(text);
  if (parts === null) return text; // Infinity
  const [, sign, whole = "", fraction = "", exponent = "0"] = parts;
  const digits = whole + fraction;
  let [from, to] = [0, digits.length];
  while (digits[from] === "0") from += 1;
  while (to > from && digits[to - 1] === "0") to -= 1;
  if (from === to) return "0";
  return `${sign}${digits.slice(from, to)}e${Number(exponent) - fraction.length + digits.length - to}`;
}
