import { id } from "ethers";
import { composeYaml } from "./compose.ts";
import type { Consortium, KnownMember } from "./consortium.ts";
import { besuFiles, gethFiles } from "./engine/engines.ts";
import { watchdogUnits } from "./engine/units.ts";
import { caddyfile, firewall, nodeEnv, prometheusYaml } from "./machine-config.ts";
import { readme } from "./readme.ts";

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
