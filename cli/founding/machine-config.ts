import type { KnownMember } from "./consortium.ts";
import { inUrl, PORTS } from "./ports.ts";

/**
 * Mapae's variables on a member's machine: its own validator as the first server, another member's as the second, and all
 * others as peers.
 */
export function nodeEnv(others: readonly KnownMember[]): string {
  const [second] = others;
  const servers = [`http://127.0.0.1:${PORTS.rpc}`, ...(second ? [`http://${inUrl(second.host)}:${PORTS.rpc}`] : [])];
  const lines = [
    "# Beside what deploy/systemd/mapae-node.service sets. docs/operating-configure.md has all variables.",
    `MAPAE_RPC_URLS=${servers.join(",")}`,
    ...(others.length > 0 ? [`MAPAE_PEERS=${others.map(({ url }) => url).join(",")}`] : []),
    "# The proxy with TLS on this machine.",
    "MAPAE_TRUSTED_PROXIES=127.0.0.1",
  ];
  return `${lines.join("\n")}\n`;
}

/** Caddy's configuration: TLS in front of the node, which listens on this machine only. */
export function caddyfile({ url }: KnownMember): string {
  return `${new URL(url).host} {
\treverse_proxy 127.0.0.1:${PORTS.node}
}
`;
}

/** Where a validator's program serves its metrics. */
export interface EngineMetrics {
  /** Prometheus' job. */
  readonly job: string;
  readonly port: number;
  readonly path: string;
}

/**
 * Prometheus' configuration for the two processes of this machine. The alerts and the dashboard use the job name `mapae` for
 * the node.
 */
export function prometheusYaml(own: KnownMember, engine: EngineMetrics): string {
  const job = ({ job, port, path }: EngineMetrics) => `  - job_name: ${job}
    metrics_path: ${path}
    static_configs:
      - targets: ["127.0.0.1:${port}"]
        labels: { member: ${JSON.stringify(own.id)} }
`;
  return `global:
  scrape_interval: 15s
rule_files:
  - alerts.yaml # deploy/prometheus/alerts.yaml
scrape_configs:
${job({ job: "mapae", port: PORTS.nodeMetrics, path: "/metrics" })}${job(engine)}`;
}

/** Rules for nftables: the connections that are allowed to this machine. */
export function firewall(own: KnownMember, others: readonly KnownMember[]): string {
  const rules = others.flatMap(({ id, host }) => {
    const source = `${host.includes(":") ? "ip6" : "ip"} saddr ${host}`;
    return [
      `    ${source} tcp dport { ${own.port}, ${PORTS.rpc} } accept comment "${id}: its validator, and its node's second server"`,
    ];
  });
  return `#!/usr/sbin/nft -f
# Beside these, let in what you administer this machine by: everything else is dropped.
table inet mapae {
  chain input {
    type filter hook input priority 0; policy drop;
    ct state established,related accept
    iif lo accept
${rules.join("\n")}
    tcp dport ${PORTS.https} accept comment "everybody: the node, behind the proxy with TLS"
  }
}
`;
}
