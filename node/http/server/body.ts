import type { IncomingMessage } from "node:http";
import { ResolutionError } from "../../../resolver/errors.ts";
import { type DidUrlOptions, OPTION_NAMES } from "../../../resolver/resolution/options.ts";
import { MAX_BODY_BYTES } from "./bounds.ts";

/**
 * Reads the body of a request.
 * @returns `undefined` when it is longer than `MAX_BODY_BYTES`; the rest of it is not read then.
 * @throws when the client disconnects before its end.
 */
export function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    request.on("data", (part: Buffer) => {
      size += part.length;
      if (size <= MAX_BODY_BYTES) return void parts.push(part);
      request.pause();
      resolve(undefined);
    });
    request.on("end", () => resolve(Buffer.concat(parts)));
    request.on("error", reject);
    request.on("close", () => reject(new Error("the client went away")));
  });
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads options from the body of a POST: a JSON object whose values are texts, or numbers and booleans for options of these
 * types (DID Resolution v1, "HTTP(S) Binding"). An empty body has no options.
 * @throws ResolutionError `INVALID_OPTIONS`
 */
export function readOptionsBody(body: Buffer): URLSearchParams {
  if (body.length === 0) return new URLSearchParams();
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(body));
  } catch (cause) {
    throw new ResolutionError("INVALID_OPTIONS", "The body is no JSON in UTF-8, wanted an object of options", {
      cause,
    });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ResolutionError("INVALID_OPTIONS", "The body is JSON of another kind, wanted an object of options");
  }
  return new URLSearchParams(Object.entries(value).map(([name, one]): [string, string] => [name, text(name, one)]));
}

/** Options that may also be a number or boolean. */
const JSON_TYPES: ReadonlyMap<string, string> = new Map<keyof DidUrlOptions, "number" | "boolean">([
  ["versionId", "number"],
  ["noCache", "boolean"],
  ["expandRelativeUrls", "boolean"],
  ["proof", "boolean"],
]);
const KNOWN: ReadonlySet<string> = new Set(OPTION_NAMES);

function text(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  const type = JSON_TYPES.get(name);
  if (typeof value === type) return String(value);
  // An unknown option is refused later by its name.
  if (!KNOWN.has(name)) return "";
  const wanted = type === undefined ? "a text" : `a ${type} or a text`;
  throw new ResolutionError("INVALID_OPTIONS", `${name} is ${JSON.stringify(value).slice(0, 100)}, wanted ${wanted}`);
}
