/** Variables that a node reads. Every command checks names, so they are apart from the schema, which takes longer to load. */
export const NODE_VARIABLES = [
  "MAPAE_NETWORK",
  "MAPAE_RPC_URLS",
  "MAPAE_RPC_AGREEMENT",
  "MAPAE_DATA_DIR",
  "MAPAE_HTTP_HOST",
  "MAPAE_HTTP_PORT",
  "MAPAE_TRUSTED_PROXIES",
  "MAPAE_METRICS_HOST",
  "MAPAE_METRICS_PORT",
  "MAPAE_AUDIT_HOST",
  "MAPAE_AUDIT_PORT",
  "MAPAE_AUDIT_DIDS",
  "MAPAE_AUDIT_AUDIENCE",
  "MAPAE_POLL_MS",
  "MAPAE_STALE_AFTER",
  "MAPAE_REFUSE_AFTER",
  "MAPAE_PEERS",
  "MAPAE_PEER_CHECK_SECONDS",
  "MAPAE_SIGNER_FILES",
  "MAPAE_SIGNER_PASSWORD_FILE",
  "MAPAE_TYPES_DIR",
  "MAPAE_TEST_IDENTIFIERS",
  "MAPAE_SIGNER_PKCS11_MODULE",
  "MAPAE_SIGNER_PKCS11_TOKEN",
  "MAPAE_SIGNER_PKCS11_PIN_FILE",
  "MAPAE_LOG_LEVEL",
] as const;
/** One of {@link NODE_VARIABLES}. */
export type NodeVariable = (typeof NODE_VARIABLES)[number];

/** Variables that only `mapae driver` reads. */
export const DRIVER_VARIABLES = ["MAPAE_ANSWERS", "MAPAE_NODE_AGREEMENT", "MAPAE_NODE_URLS"] as const;

/** Variables of other commands, of tests and of benchmarks, which a node does not read. */
export const OTHER_VARIABLES: readonly string[] = [
  ...DRIVER_VARIABLES,
  "MAPAE_BENCH_LARGE",
  "MAPAE_CHAIN_PORT",
  "MAPAE_CHROMIUM",
  "MAPAE_DEBUG",
  "MAPAE_ACCOUNT_PKCS11",
  "MAPAE_GAS_PRICE",
  "MAPAE_HOME",
  "MAPAE_KEYSTORE",
  "MAPAE_KEYSTORE_PASSWORD",
  "MAPAE_KEYSTORE_PASSWORD_FILE",
  "MAPAE_KILLS",
  "MAPAE_MUTATIONS",
  "MAPAE_PRIVATE_KEY",
  "MAPAE_UPDATE_GAS",
];

/** A problem for each set variable that begins with `MAPAE_` and that no part of Mapae reads, with the nearest name. */
export function unknownVariables(given: Readonly<Record<string, unknown>>): string[] {
  const known = [...NODE_VARIABLES, ...OTHER_VARIABLES];
  return Object.entries(given)
    .filter(
      ([name, value]) => name.startsWith("MAPAE_") && value !== undefined && value !== "" && !known.includes(name),
    )
    .map(([name]) => `${name}: there is no such variable; did you mean ${nearestName(name, known)}?`);
}

/**
 * The name that was meant: of those that have every word of the typed one, or else of all, the one with the smallest Levenshtein
 * distance to it.
 */
function nearestName(typed: string, names: readonly string[]): string | undefined {
  const words = typed.split("_");
  const longer = names.filter((name) => words.every((word) => name.includes(word)));
  const [nearest] = (longer.length > 0 ? longer : names)
    .map((name) => ({ name, edits: editDistance(typed, name) }))
    .sort((one, other) => one.edits - other.edits);
  return nearest?.name;
}

function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [above, letter] of [...from].entries()) {
    const next = [above + 1];
    for (const [index, other] of [...to].entries()) {
      const replaced = (row[index] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
