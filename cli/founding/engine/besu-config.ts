import type { KnownMember } from "../consortium.ts";
import { PORTS } from "../ports.ts";
import { enodeOf } from "../validator-key.ts";

/** Paths on a member's machine, as the kit's units expect them. */
export const PATHS = { etc: "/etc/besu", data: "/var/lib/besu", binary: "/opt/besu/bin/besu" } as const;

/** Most blocks of one `eth_getLogs`: a node of Mapae asks for fewer after a refusal. */
const MAX_LOGS_RANGE = 5_000;

/** Most pending transactions of one account: an issuer may send a day's revocations in one go. */
const MAX_WAITING = 1_000;

/**
 * Besu's configuration file (TOML) for one validator, with options of Besu 26.8. Its only peers are those of
 * `static-nodes.json`. Gas is free, which needs `min-gas-price=0` at every validator: otherwise some accept transactions and
 * never mine them.
 */
export function besuToml(own: KnownMember, others: readonly KnownMember[]): string {
  const text = (value: string) => JSON.stringify(value);
  const list = (values: readonly string[]) => `[${values.map(text).join(", ")}]`;
  const sections: Record<string, readonly (readonly [string, string])[]> = {
    "The chain, and the key of this validator": [
      ["genesis-file", text(`${PATHS.etc}/genesis.json`)],
      ["node-private-key-file", text(`${PATHS.etc}/validator.key`)],
      ["data-path", text(PATHS.data)],
      // Keeps the states of the newest 512 blocks: proofs are of recent blocks, and Mapae needs no older states.
      ["data-storage-format", text("BONSAI")],
      ["sync-mode", text("FULL")],
    ],
    "The other validators: no discovery, no translation of addresses": [
      ["p2p-host", text(own.host)],
      ["p2p-port", String(own.port)],
      ["nat-method", text("NONE")],
      ["discovery-enabled", "false"],
      ["static-nodes-file", text(`${PATHS.etc}/static-nodes.json`)],
      ["max-peers", String(Math.max(25, 2 * others.length))],
    ],
    "JSON-RPC for Mapae's nodes: ours, and the other members' as their second server. The firewall admits no others": [
      ["rpc-http-enabled", "true"],
      ["rpc-http-host", text("0.0.0.0")],
      ["rpc-http-port", String(PORTS.rpc)],
      ["rpc-http-api", list(["ETH", "NET", "WEB3", "QBFT"])],
      ["host-allowlist", list(["localhost", "127.0.0.1", own.host])],
      ["rpc-max-logs-range", String(MAX_LOGS_RANGE)],
    ],
    "Transactions cost nothing": [
      ["min-gas-price", "0"],
      ["tx-pool-max-future-by-sender", String(MAX_WAITING)],
    ],
    "Metrics, on this machine only": [
      ["metrics-enabled", "true"],
      ["metrics-host", text("127.0.0.1")],
      ["metrics-port", String(PORTS.besuMetrics)],
    ],
  };
  const written = Object.entries(sections).map(
    ([title, options]) => `# ${title}.\n${options.map(([name, value]) => `${name}=${value}\n`).join("")}`,
  );
  return written.join("\n");
}

/** The other validators, in the format of Besu's `static-nodes.json`. */
export function staticNodes(others: readonly KnownMember[]): string[] {
  return others.map(enodeOf);
}
