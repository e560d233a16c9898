import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { MapaeError } from "../resolver/errors.ts";
import { MAX_DESCRIPTOR_BYTES, type NetworkDescriptor, parseNetworkDescriptor } from "../resolver/network.ts";

/** The environment is not what a node needs; its message names each variable, what it got, what it wants, what to do. */
export class ConfigError extends MapaeError {
  readonly code = "CONFIG";
}

/** Ages of the newest block, in seconds, from which answers are marked as stale, and from which none are given. */
export interface StalenessPolicy {
  readonly staleAfter: number;
  readonly refuseAfter: number;
}

export interface Config {
  readonly network: NetworkDescriptor;
  /** May hold credentials: never logged. */
  readonly rpcUrls: readonly string[];
  readonly dataDir: string;
  readonly httpHost: string;
  readonly httpPort: number;
  /** Milliseconds between two looks at the chain's head. */
  readonly pollMs: number;
  readonly staleness: StalenessPolicy;
  readonly logLevel: string;
}

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
const NEVER = Number.POSITIVE_INFINITY;

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^(?:0|[1-9][0-9]{0,9})$/, `wants a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => least <= value && value <= most, `wants a whole number from ${least} to ${most}`);

const rpcUrls = z
  .string()
  .transform((text) => text.split(",").map((url) => url.trim()))
  .refine(
    (urls) => urls.length <= 20 && urls.every((url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)),
    "wants one to twenty http:// or https:// URLs, with a comma between two",
  );

interface Variable<T extends z.ZodType> {
  readonly schema: T;
  /** What it is when not set, in words for the table; a value in text unless `optional`. */
  readonly fallback: string;
  readonly optional?: true;
  readonly secret?: true;
  readonly about: string;
}

const variable = <T extends z.ZodType>(one: Variable<T>) => one;

const VARIABLES = {
  MAPAE_NETWORK: variable({
    schema: z.string({ error: "is required: wants the path of a network descriptor" }).min(1).max(4_096),
    fallback: "required",
    optional: true,
    about: "Path of the network descriptor",
  }),
  MAPAE_RPC_URLS: variable({
    schema: rpcUrls,
    fallback: "http://127.0.0.1:8545",
    secret: true,
    about: "JSON-RPC URLs of the chain, in order of preference, with a comma between two; may hold user:password@",
  }),
  MAPAE_DATA_DIR: variable({
    schema: z.string().min(1).max(4_096).optional(),
    fallback: ".mapae/<network>/index",
    optional: true,
    about: "Directory of the index; nothing in it can't be read from the chain again",
  }),
  MAPAE_HTTP_HOST: variable({
    schema: z.string().min(1).max(253),
    fallback: "127.0.0.1",
    about: "Address of the public listener",
  }),
  MAPAE_HTTP_PORT: variable({
    schema: wholeNumber(0, 65_535),
    fallback: "8080",
    about: "Port of the public listener; 0 takes any free one",
  }),
  MAPAE_POLL_MS: variable({
    schema: wholeNumber(10, 3_600_000),
    fallback: "500",
    about: "Milliseconds between two looks at the chain's newest block",
  }),
  MAPAE_STALE_AFTER: variable({
    schema: wholeNumber(1, 31_536_000).optional(),
    fallback: "60, never on local",
    optional: true,
    about: "Age of the newest block, in seconds, from which answers are marked as stale",
  }),
  MAPAE_REFUSE_AFTER: variable({
    schema: wholeNumber(1, 31_536_000).optional(),
    fallback: "600, never on local",
    optional: true,
    about: "Age of the newest block, in seconds, from which the node answers 503",
  }),
  MAPAE_LOG_LEVEL: variable({
    schema: z.enum(LOG_LEVELS, { error: `wants one of ${LOG_LEVELS.join(", ")}` }),
    fallback: "info",
    about: "Least severe messages that are logged",
  }),
} as const;

/** Variables that other commands read; a node leaves them alone. */
export const OTHER_VARIABLES = [
  "MAPAE_CHAIN_PORT",
  "MAPAE_DEBUG",
  "MAPAE_GAS_PRICE",
  "MAPAE_HOME",
  "MAPAE_KEYSTORE",
  "MAPAE_KEYSTORE_PASSWORD",
  "MAPAE_KEYSTORE_PASSWORD_FILE",
  "MAPAE_PRIVATE_KEY",
  "MAPAE_UPDATE_GAS",
] as const;

type Name = keyof typeof VARIABLES;
type Values = { [K in Name]: z.output<(typeof VARIABLES)[K]["schema"]> };

/**
 * Reads a node's configuration, once, from the environment and from the descriptor that it names.
 * @throws ConfigError naming every variable that is wrong; InvalidDescriptorError for the file's content.
 */
export async function readConfig(env: Readonly<Record<string, string | undefined>>): Promise<Config> {
  const values = parseEnvironment(env);
  const network = await readDescriptor(values.MAPAE_NETWORK);
  const isLocal = network.name === "local";
  const staleAfter = values.MAPAE_STALE_AFTER ?? (isLocal ? NEVER : 60);
  const refuseAfter = values.MAPAE_REFUSE_AFTER ?? (isLocal ? NEVER : Math.max(600, staleAfter));
  if (refuseAfter < staleAfter) {
    throw new ConfigError(
      `MAPAE_REFUSE_AFTER is ${refuseAfter}, which is less than MAPAE_STALE_AFTER, ${staleAfter}: raise it`,
    );
  }
  return Object.freeze({
    network,
    rpcUrls: values.MAPAE_RPC_URLS,
    dataDir: values.MAPAE_DATA_DIR ?? join(".mapae", network.name, "index"),
    httpHost: values.MAPAE_HTTP_HOST,
    httpPort: values.MAPAE_HTTP_PORT,
    pollMs: values.MAPAE_POLL_MS,
    staleness: { staleAfter, refuseAfter },
    logLevel: values.MAPAE_LOG_LEVEL,
  });
}

/** The table of variables for `docs/operating.md`, in Markdown. */
export function configTable(): string {
  const rows = Object.entries(VARIABLES).map(
    ([name, { about, fallback }]) => `| \`${name}\` | ${about} | ${fallback} |`,
  );
  return ["| variable | what it is | default |", "| --- | --- | --- |", ...rows].join("\n");
}

function parseEnvironment(env: Readonly<Record<string, string | undefined>>): Values {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, { schema, fallback, ...flags }] of Object.entries(VARIABLES) as [Name, Variable<z.ZodType>][]) {
    const text = env[name] || undefined;
    const parsed = schema.safeParse(text ?? (flags.optional ? undefined : fallback));
    if (parsed.success) {
      values[name] = parsed.data;
      continue;
    }
    const got =
      text === undefined ? "" : `, got ${flags.secret ? "something else" : JSON.stringify(text.slice(0, 100))}`;
    problems.push(`${name} ${parsed.error.issues[0]?.message}${got}`);
  }
  const known: readonly string[] = [...Object.keys(VARIABLES), ...OTHER_VARIABLES];
  for (const name of Object.keys(env)) {
    if (!name.startsWith("MAPAE_") || known.includes(name)) continue;
    problems.push(`${name.slice(0, 100)} is no variable of a node: those are ${Object.keys(VARIABLES).join(", ")}`);
  }
  if (problems.length > 0) throw new ConfigError(problems.join("\n"));
  return values as Values;
}

async function readDescriptor(path: string): Promise<NetworkDescriptor> {
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > MAX_DESCRIPTOR_BYTES) {
      throw new ConfigError(
        `MAPAE_NETWORK: ${path} has ${size} bytes, a descriptor has at most ${MAX_DESCRIPTOR_BYTES}`,
      );
    }
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof MapaeError) throw cause;
    const why = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new ConfigError(`MAPAE_NETWORK: could not read ${path} (${why}): wants a network descriptor`, { cause });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ConfigError(`MAPAE_NETWORK: ${path} is not JSON: wants a network descriptor`, { cause });
  }
  return parseNetworkDescriptor(json);
}
