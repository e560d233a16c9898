import { id } from "ethers";
import { besuToml, PATHS, staticNodes } from "./besu-config.ts";
import type { Consortium, KnownMember } from "./consortium.ts";
import { genesisOf } from "./genesis.ts";
import { besuUnit, caddyfile, firewall, nodeEnv, prometheusYaml } from "./machine-config.ts";
import { validatorAddress } from "./validator-key.ts";

/** What a member puts onto its machine: each file's text by its name. No secret is among them. */
export interface Kit {
  readonly files: Readonly<Record<string, string>>;
  /** keccak256 of `genesis.json`: the same at every member, or they start different chains. */
  readonly genesisHash: string;
}

/** Makes what one member needs; the order of the members in their file counts for nothing but who is asked second. */
export function kitOf(consortium: Consortium, members: readonly KnownMember[], own: KnownMember): Kit {
  const at = members.indexOf(own);
  // Each member's second server is the one after it, so that no validator has to answer for all.
  const others = [...members.slice(at + 1), ...members.slice(0, at)];
  const validators = members.map(({ validator }) => validatorAddress(validator));
  const genesis = json(genesisOf(consortium, validators));
  const files = {
    "genesis.json": genesis,
    "static-nodes.json": json(staticNodes(others)),
    "besu.toml": besuToml(own, others),
    "besu.service": besuUnit(),
    "validators.json": json({ kind: "qbft", validators: [...validators].sort() }),
    "node.env": nodeEnv(others),
    "firewall.nft": firewall(own, others),
    Caddyfile: caddyfile(own),
    "prometheus.yml": prometheusYaml(own),
  };
  return { files: { ...files, "README.md": readme(consortium, own, id(genesis)) }, genesisHash: id(genesis) };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function readme({ label, chainId }: Consortium, own: KnownMember, genesisHash: string): string {
  return `# ${own.name}: its part of the consortium ${label}, chain ${chainId}

\`genesis.json\` has the keccak256 ${genesisHash}. Read it to the other members by telephone: where it differs, one of you has
another file of the consortium, and would start another chain.

| file                | where it goes, on ${own.host}                                                         |
| ------------------- | -------------------------------------------------------------------------------------- |
| \`validator.key\`     | \`${PATHS.etc}/\`, owned by the user besu, mode 0600; a copy in a safe, and nowhere else     |
| \`genesis.json\`, \`static-nodes.json\`, \`besu.toml\` | \`${PATHS.etc}/\`                                                |
| \`besu.service\`      | \`/etc/systemd/system/\`; Besu itself in \`/opt/besu\`, its user besu                         |
| \`firewall.nft\`      | \`nft -f firewall.nft\`, with what you administer the machine by added                     |
| \`node.env\`          | \`/etc/mapae/\`, beside \`network.json\` once the contracts are deployed                      |
| \`Caddyfile\`         | \`/etc/caddy/\`: TLS before the node                                                       |
| \`prometheus.yml\`    | \`/etc/prometheus/\`, beside Mapae's alerts                                                |
| \`validators.json\`   | to the member that deploys the contracts: \`mapae network deploy --consensus validators.json\` |

1. \`systemctl start besu\` at every member. Blocks come once more than two thirds of the validators are connected.
2. The council and the guardian get their contracts, and one member deploys (docs/operating-network.md).
3. Every member puts \`network.json\` beside \`node.env\`, compares its hash (\`mapae network show\`), and starts its node.
`;
}
