import { PATHS, PORTS } from "./besu-config.ts";
import type { KnownMember } from "./consortium.ts";

/** Mapae's own variables on a member's machine: its own validator first, another member's second, all others as peers. */
export function nodeEnv(others: readonly KnownMember[]): string {
  const [second] = others;
  const servers = [
    `http://127.0.0.1:${PORTS.rpc}`,
    ...(second ? [`http://${bracketed(second.host)}:${PORTS.rpc}`] : []),
  ];
  const lines = [
    "# Beside what deploy/systemd/mapae-node.service sets. docs/operating-configure.md has all variables.",
    `MAPAE_RPC_URLS=${servers.join(",")}`,
    ...(others.length > 0 ? [`MAPAE_PEERS=${others.map(({ url }) => url).join(",")}`] : []),
    "# The proxy with TLS on this machine.",
    "MAPAE_TRUSTED_PROXIES=127.0.0.1",
  ];
  return `${lines.join("\n")}\n`;
}

/** A systemd unit that runs Besu as a user of its own, without rights that it does not need. */
export function besuUnit(): string {
  return `[Unit]
Description=Besu: validator of a consortium
Wants=network-online.target
After=network-online.target

[Service]
User=besu
Group=besu
ExecStart=${PATHS.binary} --config-file=${PATHS.etc}/besu.toml
Environment=JAVA_OPTS=-Xmx1g
StateDirectory=besu
StateDirectoryMode=0700
UMask=0077

Restart=on-failure
RestartSec=5s
# A validator that hangs ignores the first signal.
TimeoutStopSec=60s
LimitNOFILE=65536
MemoryMax=3G

NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes

[Install]
WantedBy=multi-user.target
`;
}

/** Caddy's configuration: TLS before the node, whose own listener is on this machine only. */
export function caddyfile({ url }: KnownMember): string {
  return `${new URL(url).host} {
\treverse_proxy 127.0.0.1:${PORTS.node}
}
`;
}

/** Prometheus' configuration for the two processes of this machine, with the node's alerts. */
export function prometheusYaml(own: KnownMember): string {
  const job = (name: string, port: number) => `  - job_name: ${name}
    static_configs:
      - targets: ["127.0.0.1:${port}"]
        labels: { member: ${JSON.stringify(own.id)} }
`;
  return `global:
  scrape_interval: 15s
rule_files:
  - alerts.yaml # deploy/prometheus/alerts.yaml
scrape_configs:
${job("mapae-node", PORTS.nodeMetrics)}${job("besu", PORTS.besuMetrics)}`;
}

/** Rules for nftables: who may open which connection to this machine. */
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

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
