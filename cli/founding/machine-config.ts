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

/**
 * Caddy's configuration: TLS in front of the node, which listens on this machine only. Caddy's own interface for changes of its
 * configuration is off, because every user of the machine could use it. Caddy has no access log, but would log each request that
 * the node did not answer, with its client and path.
 */
export function caddyfile({ url }: KnownMember): string {
  return `{
\tadmin off
\tlog {
\t\texclude http.log.error http.handlers.reverse_proxy
\t}
}
${new URL(url).host} {
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
# Nobody hears of an alert until an Alertmanager is named here:
# alerting: { alertmanagers: [{ static_configs: [{ targets: ["127.0.0.1:9093"] }] }] }
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
# Loaded again, it replaces what it was before.
table inet mapae
delete table inet mapae
table inet mapae {
  chain input {
    type filter hook input priority 0; policy drop;
    ct state established,related accept
    iif lo accept
    icmpv6 type { nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } accept comment "IPv6 does not work without"
${rules.join("\n")}
    tcp dport ${PORTS.https} accept comment "everybody: the node, behind the proxy with TLS"
  }
}
`;
}
