import { MAX_VALUE_BYTES } from "../../resolver/did/decode-log.ts";
import { EndpointError, readEndpoint } from "../../resolver/index.ts";
import { CliError } from "../terminal/errors.ts";
import { type DidChange, setAttribute } from "./change.ts";

/** A service to publish. */
export interface ServiceInput {
  readonly type: string;
  readonly fragment?: string | undefined;
  /** A URI, or a JSON object or list. */
  readonly endpoint: string;
}

/**
 * Reads `<Type>[/<fragment>]=<endpoint>`.
 * @throws CliError `USAGE`
 */
export function parseService(text: string): ServiceInput {
  const [, type, fragment, endpoint] = /^([^/=]+)(?:\/([^/=]+))?=(.+)$/s.exec(text) ?? [];
  if (type === undefined || endpoint === undefined) {
    throw new CliError(
      "USAGE",
      `A service is <Type>[/<fragment>]=<endpoint>, got ${JSON.stringify(text.slice(0, 100))}`,
    );
  }
  return { type, endpoint, ...(fragment !== undefined && { fragment }) };
}

/** Reads a part of a service, and names the option that it comes from in an error. */
type ReadPart = <T>(part: keyof ServiceInput, read: () => T) => T;

/**
 * The change that publishes a service.
 * @param read names the options of its parts; without it the caller names the one option that has them all.
 * @throws CliError `INVALID_INPUT` for a name or an endpoint that no document would show.
 */
export function setService(
  { type, fragment, endpoint }: ServiceInput,
  validity: number,
  read: ReadPart = (_, one) => one(),
): DidChange {
  read("type", () => expectWord("type", type));
  read("fragment", () => expectFragment(fragment));
  const name = ["did/svc", type, ...(fragment === undefined ? [] : [fragment])].join("/");
  const longest = fragment === undefined ? "type" : "fragment";
  read(longest, () => {
    if (name.length <= 32) return;
    const detail = `${name} has ${name.length} characters, the registry takes 32: shorten the ${longest}`;
    throw new CliError("INVALID_INPUT", detail);
  });
  const value = read("endpoint", () => endpointBytes(endpoint));
  const wanted = "a URI, a JSON object or a list of these";
  return setAttribute({ name, value: `0x${value.toString("hex")}`, validity, wanted });
}

function expectWord(what: string, word: string): void {
  if (/^[A-Za-z0-9_]+$/.test(word)) return;
  throw new CliError("INVALID_INPUT", `A service's ${what} has only [A-Za-z0-9_], got ${JSON.stringify(word)}`);
}

function expectFragment(fragment: string | undefined): void {
  if (fragment !== undefined) expectWord("fragment", fragment);
  if (fragment !== "controller") return;
  throw new CliError("INVALID_INPUT", "The fragment controller is the owner's own; choose another one");
}

function endpointBytes(text: string): Buffer {
  try {
    readEndpoint(text);
  } catch (error) {
    if (!(error instanceof EndpointError)) throw error;
    throw new CliError("INVALID_INPUT", `This endpoint would not be in the DID document. ${error.message}`, {
      cause: error,
    });
  }
  const value = Buffer.from(text, "utf8");
  if (value.length <= MAX_VALUE_BYTES) return value;
  throw new CliError("INVALID_INPUT", `An endpoint has at most ${MAX_VALUE_BYTES} bytes, got ${value.length}`);
}
