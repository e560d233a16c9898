import type { Consortium, KnownMember } from "./consortium.ts";
import type { EngineFiles } from "./engine/engines.ts";

export interface ReadmeOptions extends Pick<EngineFiles, "rows" | "service" | "validators"> {
  readonly consortium: Consortium;
  readonly own: KnownMember;
  readonly genesisHash: string;
}

/** The steps of one member with the files of its kit, in order. */
export function readme({
  consortium: { label, chainId, consensus },
  own,
  genesisHash,
  rows,
  service,
  validators,
}: ReadmeOptions): string {
  const all = [
    ...rows,
    [
      `\`${service}-watchdog.service\`, \`${service}-watchdog.timer\``,
      "`/etc/systemd/system/`; `systemctl enable --now` the timer once the node is there",
    ],
    [
      "`firewall.nft`",
      "`/etc/nftables.conf`, with what you administer the machine by added; `systemctl enable --now nftables` loads it, also after a reboot, `systemctl reload nftables` a new one",
    ],
    ["`node.env`", "`/etc/mapae/`, beside `network.json` once the contracts are deployed"],
    [
      "`compose.yaml`, `Caddyfile`, `prometheus.yml`",
      "`/etc/mapae/`; `docker compose --file /etc/mapae/compose.yaml up --detach` starts TLS before the node, Prometheus and Grafana",
    ],
  ];
  const begins =
    consensus === "qbft"
      ? "Blocks come once more than two thirds of the validators are connected."
      : "Blocks come once more than half of the validators seal. Those of the first seconds may be replaced: deploy a minute later.";
  return `# ${own.name}: its part of the consortium ${label}, chain ${chainId}

\`genesis.json\` has the keccak256 ${genesisHash}. Read it to the other members by telephone: where it differs, one of you has
another file of the consortium, and would start another chain.

| file | where it goes, on ${own.host} |
| --- | --- |
${all.map(([files, where]) => `| ${files} | ${where} |`).join("\n")}

Programs of several users read these files. But for the keys they are no secret: \`install -m 0644\` copies them readable for all.

1. \`systemctl enable --now ${service}\` at every member. ${begins}
2. The council and the guardian get their contracts, and one member deploys (docs/operating-network.md).
3. Every member puts \`network.json\` beside \`node.env\`, compares its hash (\`mapae network show\`), and starts its node (\`systemctl enable --now mapae-node\`, docs/operating-install.md).

Before a member joins, or gets another key, this goes into the file of the consortium, so that its kits have the same \`genesis.json\` again:

\`\`\`json
"genesisValidators": ${JSON.stringify(validators)}
\`\`\`
`;
}
