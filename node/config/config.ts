import { join, resolve } from "node:path";
import type { MapaeDid } from "../../resolver/did/did.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { StalenessPolicy } from "../index/progress.ts";
import type { SignerFiles } from "../issuing/open-signers.ts";
import { type AuditConfig, auditConfig } from "./audit.ts";
import { configError, foreignDids, readVariables } from "./read-variables.ts";
import { variables } from "./schema.ts";

export { ConfigError } from "./read-variables.ts";

/** Default ages of the served block, in seconds, above which answers are marked as stale, and above which they are refused. */
const STALE_AFTER = 60;
const REFUSE_AFTER = 600;

/** Configuration of a node. Frozen; everything except `secrets` may be shown. */
export interface NodeConfig extends StalenessPolicy {
  readonly network: NetworkDescriptor;
  /** How many of the chain's servers are asked for the registries' roots at each block. */
  readonly rpcAgreement: number;
  readonly dataDir: string;
  readonly httpHost: string;
  /** 0 means any free port. */
  readonly httpPort: number;
  /** Addresses and ranges of proxies whose `X-Forwarded-For` is trusted. */
  readonly trustedProxies: readonly string[];
  /** Listener of `/metrics`; `null` when it is turned off. Port 0 means any free port. */
  readonly metrics: { readonly host: string; readonly port: number } | null;
  /** Listener of `/audit`; `null` when it is turned off. */
  readonly audit: AuditConfig | null;
  readonly pollMs: number;
  readonly logLevel: string;
  /**
   * Public listeners of other nodes with which this one is compared, and the seconds between comparisons. A URL may have a
   * path before the routes, but no user, no query and no slash at its end, so that it may be shown, and a route appended.
   */
  readonly peers: { readonly urls: readonly string[]; readonly checkSeconds: number };
  /** DIDs of this network that may be shown as examples. */
  readonly testIdentifiers: readonly MapaeDid[];
  /** Paths of the keys that sign status lists; never the keys themselves. */
  readonly signers: SignerFiles;
  /** Folder of the type documents that are served; `null` when none are. */
  readonly typesDir: string | null;
  readonly secrets: {
    /** May contain user names, passwords and tokens: never logged. */
    readonly rpcUrls: readonly string[];
  };
}

/**
 * Reads a node's configuration from the environment. An empty variable counts as not set.
 * @throws ConfigError naming every invalid variable, its value (except of secrets) and what is wanted.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): NodeConfig {
  const { values, network, problems } = readVariables(variables, env);

  const local = network.name === "local";
  const staleAfter = values.MAPAE_STALE_AFTER ?? (local ? null : STALE_AFTER);
  const refuseAfter = values.MAPAE_REFUSE_AFTER ?? (local ? null : REFUSE_AFTER);
  if (staleAfter !== null && refuseAfter !== null && refuseAfter < staleAfter) {
    problems.push(
      `MAPAE_REFUSE_AFTER: got ${refuseAfter}, wanted at least MAPAE_STALE_AFTER, which is ${staleAfter}: set both`,
    );
  }
  const { length: urls } = values.MAPAE_RPC_URLS;
  const { MAPAE_RPC_AGREEMENT: rpcAgreement = Math.min(2, urls) } = values;
  if (rpcAgreement > urls) {
    problems.push(`MAPAE_RPC_AGREEMENT: got ${rpcAgreement}, wanted at most as many as there are in MAPAE_RPC_URLS`);
  }
  const { MAPAE_METRICS_PORT: metricsPort } = values;
  if (metricsPort === values.MAPAE_HTTP_PORT && metricsPort !== 0) {
    problems.push(`MAPAE_METRICS_PORT: got ${metricsPort}, which is MAPAE_HTTP_PORT too: set another one, or off`);
  }
  const audit = auditConfig(values, network.name, problems);
  for (const [name, port] of [
    ["MAPAE_HTTP_PORT", values.MAPAE_HTTP_PORT],
    ["MAPAE_METRICS_PORT", metricsPort],
  ] as const) {
    if (audit === null || audit.port === 0 || audit.port !== port) continue;
    problems.push(`MAPAE_AUDIT_PORT: got ${audit.port}, which is ${name} too: set another one, or off`);
  }
  const { MAPAE_SIGNER_FILES: signerFiles, MAPAE_SIGNER_PASSWORD_FILE: passwordFile = null } = values;
  if (signerFiles.length > 0 && passwordFile === null) {
    problems.push("MAPAE_SIGNER_PASSWORD_FILE: not set, wanted the path of the file with the key files' password");
  }
  const { MAPAE_TEST_IDENTIFIERS: testIdentifiers } = values;
  problems.push(...foreignDids("MAPAE_TEST_IDENTIFIERS", testIdentifiers, network.name));
  const { MAPAE_SIGNER_PKCS11_MODULE: module, MAPAE_SIGNER_PKCS11_TOKEN: token } = values;
  const { MAPAE_SIGNER_PKCS11_PIN_FILE: pinFile } = values;
  if (module !== undefined && token === undefined) {
    problems.push("MAPAE_SIGNER_PKCS11_TOKEN: not set, wanted the label of the module's token");
  }
  if (module !== undefined && pinFile === undefined) {
    problems.push("MAPAE_SIGNER_PKCS11_PIN_FILE: not set, wanted the path of the file with the token's PIN");
  }
  if (problems.length > 0) throw configError(problems);
  const pkcs11 = module === undefined ? null : Object.freeze({ module, token: token ?? "", pinFile: pinFile ?? "" });
  return Object.freeze({
    network,
    staleAfter,
    refuseAfter,
    rpcAgreement,
    // The names of what is kept beside the index are made from this path, so it ends with no separator.
    dataDir: resolve(values.MAPAE_DATA_DIR ?? join(".mapae", network.name, "index")),
    httpHost: values.MAPAE_HTTP_HOST,
    httpPort: values.MAPAE_HTTP_PORT,
    trustedProxies: Object.freeze(values.MAPAE_TRUSTED_PROXIES),
    metrics: metricsPort === null ? null : Object.freeze({ host: values.MAPAE_METRICS_HOST, port: metricsPort }),
    audit,
    pollMs: values.MAPAE_POLL_MS,
    logLevel: values.MAPAE_LOG_LEVEL,
    peers: Object.freeze({
      urls: Object.freeze(values.MAPAE_PEERS.map((url) => new URL(url).href.replace(/\/+$/, ""))),
      checkSeconds: values.MAPAE_PEER_CHECK_SECONDS,
    }),
    testIdentifiers: Object.freeze(testIdentifiers),
    signers: Object.freeze({ files: Object.freeze(signerFiles), passwordFile, pkcs11 }),
    typesDir: values.MAPAE_TYPES_DIR ?? null,
    secrets: Object.freeze({ rpcUrls: Object.freeze(values.MAPAE_RPC_URLS) }),
  });
}
