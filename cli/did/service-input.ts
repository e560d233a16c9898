import { MAX_VALUE_BYTES } from "../../resolver/did/decode-log.ts";
import { EndpointError, readEndpoint } from "../../resolver/index.ts";
import { CliError } from "../terminal/errors.ts";
import { type DidChange, setAttribute } from "./change.ts";

/** A service to publish. */
export interface ServiceInput {
  readonly type: string;
  readonly fragment?: string;
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

/**
 * The change that publishes a service.
 * @throws CliError `INVALID_INPUT` for a name or an endpoint that no document would show.
 */
export function setService({ type, fragment, endpoint }: ServiceInput, validity: number): DidChange {
  for (const [what, word] of Object.entries({ type, ...(fragment !== undefined && { fragment }) })) {
    if (!/^[A-Za-z0-9_]+$/.test(word)) {
      throw new CliError("INVALID_INPUT", `A service's ${what} has only [A-Za-z0-9_], got ${JSON.stringify(word)}`);
    }
  }
  if (fragment === "controller") {
    throw new CliError("INVALID_INPUT", "The fragment controller is the owner's own; choose another one");
  }
  const name = ["did/svc", type, ...(fragment === undefined ? [] : [fragment])].join("/");
  if (name.length > 32) {
    throw new CliError(
      "INVALID_INPUT",
      `${name} has ${name.length} characters, the registry takes 32: shorten the fragment`,
    );
  }
  expectEndpoint(endpoint);
  const value = Buffer.from(endpoint, "utf8");
  if (value.length > MAX_VALUE_BYTES) {
    throw new CliError("INVALID_INPUT", `An endpoint has at most ${MAX_VALUE_BYTES} bytes, got ${value.length}`);
  }
  const wanted = "a URI, a JSON object or a list of these";
  return setAttribute({ name, value: `0x${value.toString("hex")}`, validity, wanted });
}

function expectEndpoint(text: string): void {
  try {
    readEndpoint(text);
  } catch (error) {
    if (!(error instanceof EndpointError)) throw error;
    throw new CliError("INVALID_INPUT", `This endpoint would not be in the DID document. ${error.message}`, {
      cause: error,
    });
  }
}
