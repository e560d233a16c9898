import { ResolutionError } from "../errors.ts";
import { parseUtcSeconds } from "../primitives/date-time.ts";
import type { VersionOptions } from "./resolve.ts";

/** Options that select a part of a document (DID Resolution v1, "DID Parameters" and "DID URL Dereferencing Options"). */
export interface PartOptions {
  /** A service by its id, or by the id's fragment with or without `#`. */
  readonly service?: string;
  /** Services by their type. */
  readonly serviceType?: string;
  /** A reference relative to an endpoint of the service (RFC 3986, section 4.2), which stays on its host. */
  readonly relativeRef?: string;
  /** The relationship that the method of the fragment has to be in. */
  readonly verificationRelationship?: string;
}

/** All supported options and parameters of resolution and dereferencing. */
export interface DidUrlOptions extends VersionOptions, PartOptions {
  /** Whether cached answers are refused. */
  readonly noCache?: boolean;
  /** Whether relative DID URLs are expanded to absolute ones; those of this method always are absolute. */
  readonly expandRelativeUrls?: boolean;
  /** Whether the result includes the envelope that proves it; only for a node's HTTP API. */
  readonly proof?: boolean;
}

/** RFC 3986, section 4.2, without a network-path reference (`//host`): characters of a URL, and no colon that ends a scheme. */
export const RELATIVE_REF =
  /^(?!\/\/)(?![A-Za-z][A-Za-z0-9+.-]*:)(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*(?:#(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?$/;

const READERS = {
  versionId: blockNumber,
  versionTime: seconds,
  noCache: flag,
  expandRelativeUrls: flag,
  proof: flag,
  service: (text: string) => matching("service", text, /^[\x21-\x7e]+$/, "the id of a service or its fragment"),
  serviceType: (text: string) => matching("serviceType", text, /^[\x20-\x7e]+$/, "the type of a service"),
  relativeRef: (text: string) => matching("relativeRef", text, RELATIVE_REF, "a relative reference without a host"),
  verificationRelationship: (text: string) =>
    matching("verificationRelationship", text, /^[\x21-\x7e]+$/, "a relationship such as assertionMethod"),
} as const satisfies { [Name in keyof DidUrlOptions]-?: (text: string, name: string) => DidUrlOptions[Name] };

/** The names of all options; `accept` is the header of that name. */
export const OPTION_NAMES = Object.keys(READERS) as (keyof DidUrlOptions)[];

/**
 * Reads the options of a query: of an HTTP request, its body, or a DID URL.
 *
 * - `versionId`: a block number, decimal.
 * - `versionTime`: `YYYY-MM-DDTHH:MM:SSZ`, UTC without a fraction (DID Resolution v1, "Datetime").
 * - `noCache`, `expandRelativeUrls`, `proof`: `true` or `false`.
 * - those of {@link PartOptions}.
 *
 * @example
 * ```ts
 * import { readOptions, readParameters, splitDidUrl } from "mapae";
 * const { did, query } = splitDidUrl("did:mapae:local:0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266?versionId=7");
 * console.log(did.length, readOptions(readParameters(query)).versionId); // 58 7
 * ```
 *
 * @throws ResolutionError `FEATURE_NOT_SUPPORTED` naming the unknown options; `INVALID_OPTIONS` with the value and what is
 * wanted.
 */
export function readOptions(query: URLSearchParams): DidUrlOptions {
  if (query.size === 0) return {};
  const unknown = [...new Set(query.keys())].filter((name) => !Object.hasOwn(READERS, name));
  if (unknown.length > 0) {
    const got = unknown.slice(0, 5).map((name) => JSON.stringify(name.slice(0, 40)));
    throw new ResolutionError(
      "FEATURE_NOT_SUPPORTED",
      `Got ${got.join(", ")}, the options known here are ${OPTION_NAMES.join(", ")}`,
    );
  }
  const options: DidUrlOptions = Object.fromEntries(
    OPTION_NAMES.flatMap((name) => {
      const text = single(query, name);
      return text === undefined ? [] : [[name, READERS[name](text, name)]];
    }),
  );
  if (options.versionId !== undefined && options.versionTime !== undefined) {
    throw new ResolutionError("INVALID_OPTIONS", "Got versionId and versionTime, wanted one of them");
  }
  if (options.relativeRef !== undefined && options.service === undefined && options.serviceType === undefined) {
    throw new ResolutionError("INVALID_OPTIONS", "Got relativeRef, wanted service or serviceType with it");
  }
  return options;
}

/**
 * The value of a parameter that may occur only once; `undefined` when it does not occur.
 * @throws ResolutionError `INVALID_OPTIONS` when it occurs more than once.
 */
export function single(query: URLSearchParams, name: string): string | undefined {
  const [value, ...others] = query.getAll(name);
  if (others.length === 0) return value;
  throw new ResolutionError("INVALID_OPTIONS", `Got ${name} ${others.length + 1} times, wanted it once`);
}

/**
 * A block number in decimal digits.
 * @throws ResolutionError `INVALID_OPTIONS`
 */
export function blockNumber(text: string, name: string): number {
  const number = /^(?:0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw invalid(name, text, "a block number in decimal digits");
  return number;
}

/**
 * Unix seconds of a moment such as `2026-11-24T09:00:00Z`.
 * @throws ResolutionError `INVALID_OPTIONS`
 */
export function seconds(text: string, name: string): number {
  const time = parseUtcSeconds(text);
  if (time === undefined) throw invalid(name, text, "a moment as YYYY-MM-DDTHH:MM:SSZ");
  return time;
}

function flag(text: string, name: string): boolean {
  if (text !== "true" && text !== "false") throw invalid(name, text, "true or false");
  return text === "true";
}

function matching(name: string, text: string, pattern: RegExp, wanted: string): string {
  if (!pattern.test(text)) throw invalid(name, text, wanted);
  return text;
}

function invalid(name: string, got: string, wanted: string): ResolutionError {
  return new ResolutionError("INVALID_OPTIONS", `${name} is ${JSON.stringify(got.slice(0, 100))}, wanted ${wanted}`);
}
