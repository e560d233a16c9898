import type { z } from "zod";
import type { MapaeDid } from "../../resolver/did/did.ts";
import { MapaeError } from "../../resolver/errors.ts";
import { MAX_DESCRIPTOR_BYTES, type NetworkDescriptor, parseNetworkDescriptor } from "../../resolver/network.ts";
import { boundedFileSync, utf8Text } from "../files/bounded-file.ts";
import { type VariableSchema, variableMeta } from "./variable.ts";
import { unknownVariables } from "./variable-names.ts";

/** Variables of the environment are invalid. The message has a line for each. */
export class ConfigError extends MapaeError {
  readonly code = "CONFIG";
}

export function configError(problems: readonly string[]): ConfigError {
  return new ConfigError(`The configuration is wrong:\n${problems.map((problem) => `- ${problem}`).join("\n")}`);
}

/** The parsed variables, and problems that do not prevent parsing, such as unknown names. */
export interface ReadVariables<Schema extends VariableSchema> {
  readonly values: z.output<Schema>;
  readonly network: NetworkDescriptor;
  readonly problems: string[];
}

/**
 * Reads variables by a schema that has `MAPAE_NETWORK`, and the descriptor that it names. An empty variable counts as not
 * set.
 * @throws ConfigError naming every invalid variable, its value (except of secrets) and what is wanted.
 */
export function readVariables<Schema extends VariableSchema>(
  schema: Schema,
  env: Readonly<Record<string, string | undefined>>,
): ReadVariables<Schema> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = schema.safeParse(given);
  const issues = (parsed.error?.issues ?? []).map((issue) => describe(schema, issue, given));
  const problems = [...unknownVariables(given), ...withCarriageReturns(given), ...issues];
  const network = given.MAPAE_NETWORK === undefined ? undefined : readNetwork(given.MAPAE_NETWORK, problems);
  if (network === undefined || parsed.data === undefined) throw configError(problems);
  return { values: parsed.data, network, problems };
}

/** A problem for each DID of a variable that is of another network than the one that is served. */
export function foreignDids(variable: string, dids: readonly MapaeDid[], network: string): string[] {
  const foreign = dids.filter((did) => did.network !== network);
  return foreign.map(({ did }) => `${variable}: got ${did}, wanted DIDs of the network ${network}`);
}

/** Problems for values that end in a carriage return, from a file of variables with Windows line ends. */
function withCarriageReturns(given: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(given)
    .filter(([name, value]) => name.startsWith("MAPAE_") && String(value).includes("\r"))
    .map(([name]) => `${name}: the value has a carriage return (CR), wanted none: save the file with Unix line ends`);
}

function describe(
  schema: VariableSchema,
  issue: { path: PropertyKey[]; message: string },
  given: Readonly<Record<string, unknown>>,
): string {
  const name = String(issue.path[0]);
  const meta = variableMeta(schema, name);
  if (given[name] === undefined) {
    return `${name}: not set, wanted the path of a network descriptor, as \`mapae network deploy\` writes it`;
  }
  const got = meta.secret ? "" : `got ${JSON.stringify(given[name]).slice(0, 100)}, `;
  const advice = meta.default === "required" ? "" : `; unset it for the default, ${meta.default.replaceAll("`", "")}`;
  return `${name}: ${got}${issue.message}${advice}`;
}

function readNetwork(path: string, problems: string[]): NetworkDescriptor | undefined {
  try {
    const bytes = boundedFileSync(path, MAX_DESCRIPTOR_BYTES);
    if (bytes === undefined) throw new Error(`it is longer than ${MAX_DESCRIPTOR_BYTES} bytes`);
    return parseNetworkDescriptor(JSON.parse(utf8Text(bytes)));
  } catch (error) {
    const got = JSON.stringify(path).slice(0, 300);
    problems.push(`MAPAE_NETWORK: got ${got}, wanted a network descriptor's path: ${(error as Error).message}`);
    return undefined;
  }
}
