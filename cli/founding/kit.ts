import { id } from "ethers";
import { composeYaml } from "./compose.ts";
import type { Consortium, KnownMember } from "./consortium.ts";
import { besuFiles, gethFiles } from "./engine/engines.ts";
import { watchdogUnits } from "./engine/units.ts";
import { caddyfile, firewall, nodeEnv, prometheusYaml } from "./machine-config.ts";
import { readme } from "./readme.ts";

/** The files for a member's machine: each file's text by its name. They contain no secret. */
export interface Kit {
  readonly files: Readonly<Record<string, string>>;
  /** keccak256 of `genesis.json`, which has to be the same at every member. */
  readonly genesisHash: string;
}

/** The kit of one member. The order of the members in their file decides only which second server each member uses. */
export function kitOf(consortium: Consortium, members: readonly KnownMember[], own: KnownMember): Kit {
  const at = members.indexOf(own);
  // Each member's second server is that of the next member, so that no validator serves all members.
  const others = [...members.slice(at + 1), ...members.slice(0, at)];
  const engine = (consortium.consensus === "qbft" ? besuFiles : gethFiles)({ consortium, members, own, others });
  const genesis = `${JSON.stringify(engine.genesis, null, 2)}\n`;
  const genesisHash = id(genesis);
  const files = {
    "genesis.json": genesis,
    ...engine.files,
    ...watchdogUnits(engine.service),
    "node.env": nodeEnv(others),
    "firewall.nft": firewall(own, others),
    Caddyfile: caddyfile(own),
    "compose.yaml": composeYaml(),
    "prometheus.yml": prometheusYaml(own, engine.metrics),
    "README.md": readme({ ...engine, consortium, own, genesisHash }),
  };
  return { files, genesisHash };
}
