import { ResolutionError } from "./errors.ts";
import type { VersionOptions } from "./resolve.ts";

/**
 * Reads the version options of a query: of an HTTP request or of a DID URL.
 *
 * - `versionId`: a block number, decimal.
 * - `versionTime`: `YYYY-MM-DDTHH:MM:SSZ`, UTC without a fraction (DID Core, section 3.2.1).
 *
 * @throws ResolutionError `INVALID_OPTIONS` saying what was got and what is wanted.
 */
export function readVersionOptions(query: URLSearchParams): VersionOptions {
  const versionId = single(query, "versionId");
  const versionTime = single(query, "versionTime");
  return {
    ...(versionId !== undefined && { versionId: blockNumber(versionId) }),
    ...(versionTime !== undefined && { versionTime: seconds(versionTime) }),
  };
}

function single(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name);
  if (values.length > 1)
    throw new ResolutionError("INVALID_OPTIONS", `Got ${name} ${values.length} times, wanted it once`);
  return values[0];
}

function blockNumber(text: string): number {
  const number = /^(?:0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw invalid("versionId", text, "a block number in decimal digits");
  return number;
}

function seconds(text: string): number {
  const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(text) ? Date.parse(text) : Number.NaN;
  // Date.parse rolls over what no calendar has, such as 30 February.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 19) !== text.slice(0, 19)) {
    throw invalid("versionTime", text, "a moment as YYYY-MM-DDTHH:MM:SSZ");
  }
  return time / 1_000;
}

function invalid(name: string, got: string, wanted: string): ResolutionError {
  return new ResolutionError("INVALID_OPTIONS", `${name} is ${JSON.stringify(got.slice(0, 100))}, wanted ${wanted}`);
}
