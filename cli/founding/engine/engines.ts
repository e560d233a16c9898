import type { Address } from "../../../resolver/primitives/hex.ts";
import type { Consortium, KnownMember } from "../consortium.ts";
import type { EngineMetrics } from "../machine-config.ts";
import { PORTS } from "../ports.ts";
import { validatorAddress } from "../validator-key.ts";
import { besuToml, PATHS, staticNodes } from "./besu-config.ts";
import { cliqueGenesisOf } from "./clique-genesis.ts";
import { genesisOf } from "./genesis.ts";
import { GETH_PATHS, gethToml } from "./geth-config.ts";
import { besuUnit, gethUnit } from "./units.ts";

export interface Founding {
  readonly consortium: Consortium;
  readonly members: readonly KnownMember[];
  readonly own: KnownMember;
  /** The other members, in the order in which this member asks them. */
  readonly others: readonly KnownMember[];
}

/** The files of a validator's program on a member's machine. */
export interface EngineFiles {
  readonly genesis: object;
  /** The validators of block 0, in ascending order. */
  readonly validators: readonly Address[];
  readonly files: Readonly<Record<string, string>>;
  readonly metrics: EngineMetrics;
  /** For the README: files and their places. */
  readonly rows: readonly (readonly [files: string, where: string])[];
  /** The systemd unit's name. */
  readonly service: string;
}

/** Besu with QBFT: the production engine. */
export function besuFiles({ consortium, members, own, others }: Founding): EngineFiles {
  const validators = validatorsOf(consortium, members);
  return {
    genesis: genesisOf(consortium, validators),
    validators,
    files: {
      "static-nodes.json": json(staticNodes(others)),
      "besu.toml": besuToml(own, others),
      "besu.service": besuUnit(),
      "validators.json": json({ kind: "qbft", validators }),
    },
    metrics: { job: "besu", port: PORTS.besuMetrics, path: "/metrics" },
    rows: [
      ["`validator.key`", `\`${PATHS.etc}/\`, owned by the user besu, mode 0600; a copy in a safe, and nowhere else`],
      ["`genesis.json`, `static-nodes.json`, `besu.toml`", `\`${PATHS.etc}/\``],
      ["`besu.service`", "`/etc/systemd/system/`; Besu itself in `/opt/besu`, its user besu"],
      deployerRow("validators.json"),
    ],
    service: "besu",
  };
}

/** geth with Clique, for rehearsals: verifiers can't check its seals, so operators attest its blocks. */
export function gethFiles({ consortium, members, own, others }: Founding): EngineFiles {
  const operators = members.flatMap(({ operator }) => operator ?? []);
  const validators = validatorsOf(consortium, members);
  return {
    genesis: cliqueGenesisOf(consortium, validators),
    validators,
    files: {
      "geth.toml": gethToml(own, others),
      "geth.service": gethUnit(own),
      "operators.json": json({ kind: "attested", threshold: Math.floor(operators.length / 2) + 1, operators }),
    },
    metrics: { job: "geth", port: PORTS.gethMetrics, path: "/debug/metrics/prometheus" },
    rows: [
      [
        "`nodekey`, `password`, `keystore/`",
        `\`${GETH_PATHS.etc}/\`, owned by the user geth, mode 0600; of \`validator.key\` a copy in a safe`,
      ],
      ["`genesis.json`, `geth.toml`", `\`${GETH_PATHS.etc}/\``],
      ["`geth.service`", "`/etc/systemd/system/`; geth 1.13.15 itself in `/opt/geth`, its user geth"],
      deployerRow("operators.json"),
    ],
    service: "geth",
  };
}

function deployerRow(file: string): readonly [string, string] {
  return [`\`${file}\``, `to the member that deploys the contracts: \`mapae network deploy --consensus ${file}\``];
}

/** The validators of block 0. */
function validatorsOf({ genesisValidators }: Consortium, members: readonly KnownMember[]): readonly Address[] {
  return (genesisValidators ?? members.map(({ validator }) => validatorAddress(validator))).toSorted();
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
