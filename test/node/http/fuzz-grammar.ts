import fc from "fast-check";
import { ALICE, BOB, didOf, NOBODY, PATH } from "./harness.ts";

/** Pieces that a parser of targets may stumble over. */
const NASTY = [
  "%", "%2", "%zz", "%00", "%0d%0a", "%25", "%252f", "%2e%2e%2f", "%c0%af", "%ed%a0%80", "%ff", "%F0%9F%92%A9",
  "..", "/", "//", "/../", "/./", ";", ":", "?", "??", "&", "=", "#", "@", "*", "+", "\\", "~", "|", "'", '"', "<", "{", "$", "`",
  "__proto__", "constructor", "toString", "null", "undefined", "did:", "did:mapae:", "0x", "NaN", "-1", "1e9", "9".repeat(20),
]; // biome-ignore format: a list to read at a glance

const nasty = fc.constantFrom(...NASTY);
const address = fc.constantFrom(ALICE, BOB, NOBODY, ALICE.toUpperCase(), ALICE.slice(0, -1), `${ALICE}0`, "0x", "");
const network = fc.constantFrom("local", "local", "local", "gov-12345678", "Local", "", "lo%63al");
const method = fc.constantFrom("mapae", "mapae", "mapae", "web", "MAPAE", "");

const text = fc.oneof(nasty, fc.string({ maxLength: 12 }), fc.string({ unit: "binary", maxLength: 6 }));

const did = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(didOf(ALICE), didOf(BOB), didOf(NOBODY)) },
  { weight: 3, arbitrary: fc.tuple(method, network, address).map(([a, b, c]) => `did:${a}:${b}:${c}`) },
  { weight: 1, arbitrary: text },
);

const optionName = fc.constantFrom(
  ...["versionId", "versionId", "versionTime", "service", "service", "serviceType", "relativeRef", "noCache"],
  ...["expandRelativeUrls", "proof", "verificationRelationship", "__proto__", "x", ""],
);

const option = fc
  .tuple(
    optionName,
    fc.oneof(
      fc.constantFrom(
        "1",
        "2",
        "3",
        "4",
        "99",
        "0",
        "",
        "true",
        "hub",
        "hub",
        "#hub",
        "Hub",
        "assertionMethod",
        "%2Fb%3Fc",
        "//evil.example",
        "2025-06-15T15:05:00Z",
        "2025-06-15T15:06:40Z",
        "2999-01-01T00:00:00Z",
      ),
      text,
    ),
  )
  .map(([name, value]) => `${name}=${value}`);

const tail = fc.oneof(
  { weight: 4, arbitrary: fc.constant("") },
  { weight: 3, arbitrary: fc.array(option, { minLength: 1, maxLength: 3 }).map((all) => `?${all.join("&")}`) },
  { weight: 1, arbitrary: text.map((name) => `/${name}`) },
  { weight: 1, arbitrary: text.map((name) => `#${name}`) },
  { weight: 1, arbitrary: fc.constantFrom("%23controller", "%23hub", "?service=hub", "?service=hub&relativeRef=/b") },
);

/** A DID URL, right or nearly; any characters. */
export const didUrl = fc.tuple(did, tail).map((parts) => parts.join(""));

/** Something put in, taken out, doubled or turned round somewhere. */
const mutation = fc.record({
  kind: fc.constantFrom("insert", "insert", "delete", "double", "case", "reverse"),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 8 }),
  piece: fc.oneof(nasty, fc.string({ maxLength: 3 })),
});
export type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

export const mutations = fc.array(mutation, { maxLength: 3 });

export function mutate(text: string, all: readonly Mutation[]): string {
  return all.reduce((now, { kind, at, length, piece }) => {
    const from = Math.floor(at * now.length);
    const [before, middle, after] = [now.slice(0, from), now.slice(from, from + length), now.slice(from + length)];
    switch (kind) {
      case "insert":
        return `${before}${piece}${middle}${after}`;
      case "delete":
        return `${before}${after}`;
      case "double":
        return `${before}${middle}${middle}${after}`;
      case "case":
        return `${before}${middle.toUpperCase()}${after}`;
      default:
        return `${before}${[...middle].reverse().join("")}${after}`;
    }
  }, text);
}

const route = fc.constantFrom("/health", "/ready", "/status", "/network", "/", PATH, "/1.0/methods", "/openapi.json");

/** The target of a request as it stands on its first line: no blank and no control character, which would end it. */
export const target = fc
  .oneof(
    { weight: 6, arbitrary: didUrl.map((url) => `${PATH}${url}`) },
    { weight: 2, arbitrary: didUrl.map((url) => `${PATH}${encodeURIComponent(Buffer.from(url).toString())}`) },
    { weight: 1, arbitrary: fc.tuple(route, tail).map((parts) => parts.join("")) },
    { weight: 1, arbitrary: didUrl.map((url) => `http://node.example${PATH}${url}`) },
  )
  .chain((whole) => mutations.map((all) => mutate(whole, all)))
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go
  .map((one) => one.replace(/[\x00-\x20\x7f-\uffff]/g, "") || "/");

const header = fc.tuple(
  fc.constantFrom("accept", "accept", "if-none-match", "host", "origin", "range", "expect", "content-length", "x"),
  fc.oneof(
    fc.constantFrom("application/did", "*/*", "*", 'W/"a"', "bytes=0-1", "100-continue", "0", "5", "x".repeat(9_000)),
    fc.string({ maxLength: 20 }),
  ),
);

/** Some headers, whose values break no line. */
export const headers = fc
  .array(header, { maxLength: 3 })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go
  .map((all) => Object.fromEntries(all.map(([name, value]) => [name, value.replace(/[\x00-\x1f\x7f]/g, "")])));

export const httpMethod = fc.constantFrom(
  "GET",
  "GET",
  "GET",
  "HEAD",
  "POST",
  "OPTIONS",
  "PUT",
  "TRACE",
  "DELETE",
  "get",
);

/** What else than a text an option may be in a body. */
const JSON_TYPES = new Map([
  ["versionId", "number"],
  ["noCache", "boolean"],
  ["expandRelativeUrls", "boolean"],
  ["proof", "boolean"],
]);

/**
 * Options as the body of a POST has them, each of a JSON type that it may have; none with a lone surrogate, which no query
 * can spell.
 */
export const bodyOptions = fc
  .dictionary(
    fc.oneof({ weight: 5, arbitrary: optionName.filter((name) => name !== "__proto__") }, fc.string({ maxLength: 5 })),
    fc.oneof(
      fc.constantFrom("1", "2", "3", "99", "hub", "Hub", "/b", "true", "assertionMethod", "2025-06-15T15:06:40Z"),
      fc.string({ maxLength: 8 }),
      fc.boolean(),
      fc.nat({ max: 4 }),
    ),
    { maxKeys: 3, noNullPrototype: true },
  )
  .map((options) =>
    Object.fromEntries(
      Object.entries(options).map(([name, value]) => [
        name,
        typeof value === JSON_TYPES.get(name) ? value : String(value),
      ]),
    ),
  );
