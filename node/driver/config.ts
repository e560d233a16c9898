import { z } from "zod";
import type { MapaeDid } from "../../resolver/did/did.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { configError, foreignDids, readVariables } from "../config/read-variables.ts";
import { MAX_RPC_URLS, variables } from "../config/schema.ts";
import { urls, variable, whole } from "../config/variable.ts";
import type { DRIVER_VARIABLES } from "../config/variable-names.ts";

/** Maximum number of nodes that a driver asks. */
export const MAX_NODE_URLS = 16;

const { MAPAE_NETWORK, MAPAE_RPC_URLS, MAPAE_HTTP_HOST, MAPAE_HTTP_PORT } = variables.shape;
const { MAPAE_TRUSTED_PROXIES, MAPAE_TEST_IDENTIFIERS, MAPAE_LOG_LEVEL } = variables.shape;

/** Clients for which a driver forms its answers; see `MAPAE_ANSWERS`. */
const ANSWERS = ["universal-resolver", "standard"] as const;

/** The variables that a node does not read. */
const own = {
  MAPAE_NODE_URLS: variable(urls(MAX_NODE_URLS).default([]), {
    description:
      "Public listeners of nodes to ask for `did:mapae`, separated by commas; the next one is asked when one does not answer",
    default: "none: the chain is asked",
    secret: true,
  }),
  MAPAE_NODE_AGREEMENT: variable(whole(1, MAX_NODE_URLS).default(1), {
    description: "How many of these nodes have to agree",
    default: "`1`",
  }),
  MAPAE_ANSWERS: variable(z.enum(ANSWERS, { error: `wanted ${ANSWERS.join(" or ")}` }).default("universal-resolver"), {
    description:
      "Format of answers: `universal-resolver` has bare words such as `NOT_FOUND` as types of errors, and a document with only its id for a deactivated DID; `standard` has the IRIs and the `null` of DID Resolution v1, like a node",
    default: "`universal-resolver`",
  }),
} satisfies Record<(typeof DRIVER_VARIABLES)[number], z.ZodType>;

/** Each variable of the environment that `mapae driver` reads. */
export const driverVariables = z.object({
  MAPAE_NETWORK,
  MAPAE_RPC_URLS: variable(MAPAE_RPC_URLS.unwrap().optional(), {
    description: `JSON-RPC endpoints of the chain, separated by commas, at most ${MAX_RPC_URLS}: for \`did:ethr\`, and for \`did:mapae\` without nodes`,
    default: "`http://127.0.0.1:8545`; with nodes none, and `did:ethr` is not served",
    secret: true,
  }),
  ...own,
  MAPAE_HTTP_HOST,
  MAPAE_HTTP_PORT,
  MAPAE_TRUSTED_PROXIES,
  MAPAE_TEST_IDENTIFIERS,
  MAPAE_LOG_LEVEL,
});

/** Configuration of a driver. Frozen; everything except `secrets` may be shown. */
export interface DriverConfig {
  readonly network: NetworkDescriptor;
  /** Number of nodes that have to give the same answer. */
  readonly agreement: number;
  readonly answers: (typeof ANSWERS)[number];
  readonly httpHost: string;
  /** 0 means any free port. */
  readonly httpPort: number;
  /** Addresses and ranges of proxies whose `X-Forwarded-For` is trusted. */
  readonly trustedProxies: readonly string[];
  /** DIDs of this network that may be shown as examples. */
  readonly testIdentifiers: readonly MapaeDid[];
  readonly logLevel: string;
  readonly secrets: {
    /** URLs of nodes; empty when the chain itself is asked. They may contain user names and passwords: never logged. */
    readonly nodeUrls: readonly string[];
    /** URLs of the chain's servers; empty when only nodes are asked. Never logged either. */
    readonly rpcUrls: readonly string[];
  };
}

/**
 * Reads a driver's configuration from the environment.
 * @throws ConfigError as `loadConfig` does.
 */
export function loadDriverConfig(env: Readonly<Record<string, string | undefined>>): DriverConfig {
  const { values, network, problems } = readVariables(driverVariables, env);
  const { MAPAE_NODE_URLS: nodeUrls, MAPAE_NODE_AGREEMENT: agreement, MAPAE_TEST_IDENTIFIERS: examples } = values;
  problems.push(...foreignDids("MAPAE_TEST_IDENTIFIERS", examples, network.name));
  if (agreement > Math.max(1, nodeUrls.length)) {
    problems.push(`MAPAE_NODE_AGREEMENT: got ${agreement}, wanted at most as many as there are in MAPAE_NODE_URLS`);
  }
  if (problems.length > 0) throw configError(problems);
  const rpcUrls = values.MAPAE_RPC_URLS ?? (nodeUrls.length > 0 ? [] : ["http://127.0.0.1:8545"]);
  return Object.freeze({
    network,
    agreement,
    answers: values.MAPAE_ANSWERS,
    httpHost: values.MAPAE_HTTP_HOST,
    httpPort: values.MAPAE_HTTP_PORT,
    trustedProxies: Object.freeze(values.MAPAE_TRUSTED_PROXIES),
    testIdentifiers: Object.freeze(examples),
    logLevel: values.MAPAE_LOG_LEVEL,
    secrets: Object.freeze({ nodeUrls: Object.freeze(nodeUrls), rpcUrls: Object.freeze(rpcUrls) }),
  });
}
